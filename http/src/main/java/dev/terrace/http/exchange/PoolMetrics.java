package dev.terrace.http.exchange;

import dev.terrace.core.pool.Load;
import dev.terrace.core.pool.Pool;
import dev.terrace.core.pool.PoolMember;
import dev.terrace.core.signal.Signals;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The counters of a pool's members, looked up by what stays the same while the member stays. */
final class PoolMetrics {

  private final Signals signals;
  private final Pool pool;
  private final Map<Load, MemberMetrics> members = new ConcurrentHashMap<>();

  PoolMetrics(Signals signals, Pool pool) {
    this.signals = signals;
    this.pool = pool;
  }

  /** That member's counters. */
  MemberMetrics of(PoolMember member) {
    MemberMetrics known = members.get(member.load());
    return known != null
        ? known
        : members.computeIfAbsent(
            member.load(), load -> new MemberMetrics(signals, pool.name(), member));
  }

  /** Forgets members that the pool has no more. */
  void retain() {
    Set<Load> present = new HashSet<>();
    pool.snapshot().members().forEach(member -> present.add(member.load()));
    forget(present);
  }

  /** Forgets all. */
  void clear() {
    forget(Set.of());
  }

  private void forget(Set<Load> butThese) {
    members
        .entrySet()
        .removeIf(known -> {
          boolean gone = !butThese.contains(known.getKey());
          if (gone) {
            known.getValue().remove();
          }
          return gone;
        });
  }
}
