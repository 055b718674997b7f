package dev.terrace.http.exchange;

import dev.terrace.core.pool.Pool;
import java.util.List;

/**
 * What a route leads to.
 *
 * @param label the route's name in logs and metrics
 * @param stickyCookie the cookie that keeps a client on a member, empty for none
 * @param stickyMembers finds the member that the cookie names
 * @param connections to the pool's members, by index of event loop
 */
public record RouteTarget(
    String label,
    Pool pool,
    String stickyCookie,
    StickyMembers stickyMembers,
    List<MemberConnections> connections,
    HttpMetrics.OfRoute metrics) {

  /** Whether a cookie keeps clients on a member. */
  public boolean isSticky() {
    return !stickyCookie.isEmpty();
  }
}
