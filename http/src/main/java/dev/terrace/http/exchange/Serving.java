package dev.terrace.http.exchange;

import dev.terrace.config.HttpConfig;
import dev.terrace.core.route.RouteTable;
import dev.terrace.http.compress.Compression;
import dev.terrace.http.observe.Observing;
import org.jspecify.annotations.Nullable;

/**
 * How requests are served from one reload to the next, immutable: a request keeps the one that it
 * began with.
 *
 * @param streams what a connection may have at once, where that is several requests
 * @param limits those of requests that no route takes
 * @param trusted whose word is taken for where a request comes from
 * @param compression of answers, or null for none
 * @param observing who is told of what became of each, or null if nobody is
 */
public record Serving(
    RouteTable<RouteTarget> routes,
    int maxHead,
    StreamLimits streams,
    Limits limits,
    TrustedProxies trusted,
    long headNanos,
    long idleNanos,
    @Nullable Compression compression,
    @Nullable Observing observing) {

  /** By these settings and routes. */
  public static Serving of(
      HttpConfig http,
      RouteTable<RouteTarget> routes,
      @Nullable Compression compression,
      @Nullable Observing observing) {
    return new Serving(
        routes,
        (int) http.maxHead().bytes(),
        StreamLimits.of(http),
        Limits.of(http),
        new TrustedProxies(http.trustedProxies()),
        http.headTimeout().toNanos(),
        http.idleTimeout().toNanos(),
        compression,
        observing);
  }
}
