package dev.terrace.http;

import dev.terrace.core.balance.Hashing;
import dev.terrace.core.pool.Pool;
import dev.terrace.core.pool.PoolMember;
import dev.terrace.core.pool.PoolSnapshot;
import dev.terrace.net.ConnectionPool;
import java.util.List;
import java.util.Optional;

/**
 * What a route leads to.
 *
 * @param stickyCookie the cookie that keeps a client on a member, empty for none
 * @param connections to the pool's members, by index of event loop
 */
record RouteTarget(
    Pool pool, String stickyCookie, List<ConnectionPool> connections, HttpMetrics.OfRoute metrics) {

  boolean isSticky() {
    return !stickyCookie.isEmpty();
  }

  /** What the cookie calls a member: not its address, which is nobody's business. */
  static String stickyId(PoolMember member) {
    return String.format("%016x", Hashing.hash("sticky " + member.id()));
  }

  /** The member that the cookie names, if the pool has it and it takes work. */
  static Optional<PoolMember> stickyMember(PoolSnapshot snapshot, String cookieValue) {
    for (PoolMember member : snapshot.available()) {
      if (stickyId(member).equals(cookieValue)) {
        return Optional.of(member);
      }
    }
    return Optional.empty();
  }
}
