package dev.terrace.http.exchange;

import dev.terrace.config.RouteConfig.HeaderEditsConfig;
import dev.terrace.config.RouteConfig.MatchConfig;
import dev.terrace.config.RouteConfig.RewriteConfig;
import dev.terrace.core.route.PathRewrite;
import dev.terrace.http.head.HeadRewriter;
import dev.terrace.http.head.HeadView;
import dev.terrace.http.head.HeaderEdits;
import dev.terrace.http.head.RequestEdits;
import org.jspecify.annotations.Nullable;

/**
 * What a route changes on the way.
 *
 * @param path of requests, or null if it stays
 * @param request in the heads of requests, besides the path
 * @param answer in the heads of answers
 */
public record Rewriting(@Nullable PathRewrite path, RequestEdits request, HeaderEdits answer) {

  /** As the file has it, for the requests that match. */
  public static Rewriting of(RewriteConfig config, MatchConfig match) {
    return new Rewriting(
        config
            .path()
            .map(path -> PathRewrite.of(path, match.path(), match.pathRegex()))
            .orElse(null),
        new RequestEdits(
            config.host().map(HeadRewriter::ascii).orElse(null), edits(config.requestHeaders())),
        edits(config.responseHeaders()));
  }

  private static HeaderEdits edits(HeaderEditsConfig config) {
    return HeaderEdits.of(config.set(), config.add(), config.remove());
  }

  /** The request's path as members see it, or null if it stays. */
  byte @Nullable [] path(HeadView request) {
    CharSequence written = request.writtenPath();
    if (path == null || written.isEmpty() || written.charAt(0) != '/') {
      return null;
    }
    return HeadRewriter.ascii(path.apply(written, request.path()));
  }
}
