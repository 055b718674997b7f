package dev.terrace.app.server;

import dev.terrace.core.pool.MemberState;
import dev.terrace.core.pool.Pool;
import dev.terrace.core.pool.Pools;
import dev.terrace.core.signal.Metric;
import dev.terrace.core.signal.Signals;
import java.util.HashSet;
import java.util.Set;

/** The gauges that read pools and members; made anew when the file changes. */
final class PoolGauges {

  private record Subject(Metric metric, String pool, String detail) {}

  private final Pools pools;
  private final Signals signals;
  private Set<Subject> known = Set.of();

  PoolGauges(Pools pools, Signals signals) {
    this.pools = pools;
    this.signals = signals;
  }

  /** Reads exactly the pools and members that there are now. */
  synchronized void refresh() {
    Set<Subject> wanted = new HashSet<>();
    for (Pool pool : pools.all()) {
      for (MemberState state : MemberState.values()) {
        signals.gauge(() -> countOf(pool, state), Metric.POOL_MEMBERS, pool.name(), state.name());
        wanted.add(new Subject(Metric.POOL_MEMBERS, pool.name(), state.name()));
      }
      for (var member : pool.snapshot().members()) {
        String id = member.id();
        signals.gauge(() -> up(pool, id), Metric.MEMBER_UP, pool.name(), id);
        signals.gauge(() -> member.load().inFlight(), Metric.MEMBER_IN_FLIGHT, pool.name(), id);
        wanted.add(new Subject(Metric.MEMBER_UP, pool.name(), id));
        wanted.add(new Subject(Metric.MEMBER_IN_FLIGHT, pool.name(), id));
      }
    }
    known.stream()
        .filter(gone -> !wanted.contains(gone))
        .forEach(gone -> signals.removeGauge(gone.metric(), gone.pool(), gone.detail()));
    known = wanted;
  }

  private static double countOf(Pool pool, MemberState state) {
    return pool.snapshot().members().stream().filter(m -> m.state() == state).count();
  }

  private static double up(Pool pool, String member) {
    return pool.snapshot().find(member).filter(m -> m.state().takesNewWork()).isPresent() ? 1 : 0;
  }
}
