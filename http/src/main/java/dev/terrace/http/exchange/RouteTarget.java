package dev.terrace.http.exchange;

import org.jspecify.annotations.Nullable;

/**
 * All that a route says of its requests; what it does not say is null.
 *
 * @param label the route's name in logs and metrics
 * @param limits what one exchange may take
 * @param stickyCookie the cookie that keeps a client on a member, empty for none
 * @param hedgeNanos how long a first member has before a second is asked, 0 to ask none
 * @param metrics the counters of what Terrace itself answers
 */
public record RouteTarget(
    String label,
    RouteAction action,
    Limits limits,
    String stickyCookie,
    long hedgeNanos,
    @Nullable RouteLimit rateLimit,
    @Nullable Rewriting rewriting,
    @Nullable Mirror mirror,
    HttpMetrics.OfRoute metrics) {

  /** Whether a cookie keeps clients on a member. */
  public boolean isSticky() {
    return !stickyCookie.isEmpty();
  }
}
