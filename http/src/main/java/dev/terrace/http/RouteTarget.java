package dev.terrace.http;

import dev.terrace.core.pool.Pool;
import dev.terrace.net.ConnectionPool;
import java.util.List;

/**
 * What a route leads to.
 *
 * @param stickyCookie the cookie that keeps a client on a member, empty for none
 * @param stickyMembers finds the member that the cookie names
 * @param connections to the pool's members, by index of event loop
 */
record RouteTarget(
    Pool pool,
    String stickyCookie,
    StickyMembers stickyMembers,
    List<ConnectionPool> connections,
    HttpMetrics.OfRoute metrics) {

  boolean isSticky() {
    return !stickyCookie.isEmpty();
  }
}
