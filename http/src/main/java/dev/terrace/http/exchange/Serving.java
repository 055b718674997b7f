package dev.terrace.http.exchange;

import dev.terrace.config.HttpConfig;
import dev.terrace.core.route.RouteTable;

/**
 * How requests are served from one reload to the next, immutable: a request keeps the one that it
 * began with.
 */
public record Serving(
    RouteTable<RouteTarget> routes,
    int maxHead,
    int attempts,
    long headNanos,
    long responseNanos,
    long idleNanos) {

  /** By these settings and routes. */
  public static Serving of(HttpConfig http, RouteTable<RouteTarget> routes) {
    return new Serving(
        routes,
        (int) http.maxHead().bytes(),
        http.attempts(),
        http.headTimeout().toNanos(),
        http.responseTimeout().toNanos(),
        http.idleTimeout().toNanos());
  }
}
