package dev.terrace.http.exchange;

import dev.terrace.core.pool.Pool;
import java.util.List;

/**
 * A pool as a route sends requests to it.
 *
 * @param gate what all routes and loops share of the pool
 * @param stickyMembers finds the member that a sticky cookie names
 * @param connections to the pool's members, by index of event loop
 */
public record RoutePool(
    Pool pool,
    PoolGate gate,
    StickyMembers stickyMembers,
    List<MemberConnections> connections,
    HttpMetrics.OfRoute metrics) {

  /** The connections of that event loop. */
  MemberConnections on(int loopIndex) {
    return connections.get(loopIndex);
  }
}
