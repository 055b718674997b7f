package dev.terrace.http.exchange;

import dev.terrace.core.attempt.HedgePolicy;
import org.jspecify.annotations.Nullable;

/**
 * All that a route says of its requests; what it does not say is null.
 *
 * @param label the route's name in logs and metrics
 * @param limits what one exchange may take
 * @param stickyCookie the cookie that keeps a client on a member, empty for none
 * @param hedge when a second member is asked though the first has not failed
 * @param metrics the counters of what Terrace itself answers
 */
public record RouteTarget(
    String label,
    RouteAction action,
    Limits limits,
    String stickyCookie,
    @Nullable HedgePolicy hedge,
    @Nullable RouteLimit rateLimit,
    @Nullable Rewriting rewriting,
    @Nullable Mirror mirror,
    HttpMetrics.OfRoute metrics) {

  /** Whether a cookie keeps clients on a member. */
  public boolean isSticky() {
    return !stickyCookie.isEmpty();
  }
}
