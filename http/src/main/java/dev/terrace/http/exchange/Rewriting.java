package dev.terrace.http.exchange;

import dev.terrace.config.RouteConfig.HeaderEditsConfig;
import dev.terrace.config.RouteConfig.RewriteConfig;
import dev.terrace.http.head.HeadRewriter;
import dev.terrace.http.head.HeadView;
import dev.terrace.http.head.HeaderEdits;
import dev.terrace.http.head.RequestEdits;
import org.jspecify.annotations.Nullable;

/**
 * What a route changes on the way.
 *
 * @param request in the heads of requests, besides the path
 * @param answer in the heads of answers
 */
public record Rewriting(RequestEdits request, HeaderEdits answer) {

  /** As the file has it. */
  public static Rewriting of(RewriteConfig config) {
    return new Rewriting(
        new RequestEdits(
            config.host().map(HeadRewriter::ascii).orElse(null), edits(config.requestHeaders())),
        edits(config.responseHeaders()));
  }

  private static HeaderEdits edits(HeaderEditsConfig config) {
    return HeaderEdits.of(config.set(), config.add(), config.remove());
  }

  /** The request's path as members see it, or null if it stays. */
  byte @Nullable [] path(HeadView request) {
    return null;
  }
}
