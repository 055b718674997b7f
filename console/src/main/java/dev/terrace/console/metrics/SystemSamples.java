package dev.terrace.console.metrics;

import dev.terrace.config.StoreConfig;
import dev.terrace.config.TerraceConfig;
import dev.terrace.core.freshness.Replication;
import dev.terrace.core.freshness.Role;
import dev.terrace.core.freshness.ShardRoles;
import dev.terrace.core.pool.Address;
import dev.terrace.core.pool.MemberState;
import dev.terrace.core.pool.Pool;
import dev.terrace.core.pool.PoolMember;
import dev.terrace.core.pool.PoolSnapshot;
import dev.terrace.core.pool.Pools;
import dev.terrace.core.signal.Metric;
import dev.terrace.core.signal.Signals;
import dev.terrace.core.signal.Signals.Sample;
import dev.terrace.core.signal.Signals.Series;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * All series of a running system: what the tiers counted, what the pools know of their members, and
 * the replicas' lag. Each series is there once: what a pool says of its members comes before what a
 * tier says of them.
 */
public final class SystemSamples {

  private final Map<Series, Sample> samples = new LinkedHashMap<>();

  private SystemSamples() {}

  /** The values now. */
  public static Collection<Sample> of(
      Signals signals, TerraceConfig file, Pools pools, Replication replication) {
    SystemSamples all = new SystemSamples();
    signals.samples().forEach(sample -> all.samples.put(sample.series(), sample));
    pools.all().forEach(all::pool);
    file.databases().forEach((name, store) -> all.servers(name, store, replication));
    return all.samples.values();
  }

  private void put(double value, Metric metric, String... labelValues) {
    Series series = new Series(metric, List.of(labelValues));
    samples.put(series, new Sample.Value(series, value));
  }

  private void pool(Pool pool) {
    PoolSnapshot snapshot = pool.snapshot();
    for (MemberState state : MemberState.values()) {
      long members = snapshot.members().stream().filter(m -> m.state() == state).count();
      put(
          (double) members,
          Metric.POOL_MEMBERS,
          pool.name(),
          state.name().toLowerCase(Locale.ROOT));
    }
    for (PoolMember m : snapshot.members()) {
      put(m.state().takesNewWork() ? 1 : 0, Metric.MEMBER_UP, pool.name(), m.id());
      put(m.load().inFlight(), Metric.MEMBER_IN_FLIGHT, pool.name(), m.id());
      put((double) m.load().started(), Metric.MEMBER_REQUESTS, pool.name(), m.id());
      put((double) m.load().failed(), Metric.MEMBER_FAILURES, pool.name(), m.id());
    }
  }

  private void servers(String store, StoreConfig config, Replication replication) {
    for (int shard = 0; shard < config.shards().size(); shard++) {
      String number = Integer.toString(shard);
      Optional<ShardRoles> roles = replication.roles().of(store, shard);
      for (Address server : config.shards().get(shard).servers()) {
        String id = server.toString();
        replication
            .progress()
            .of(id)
            .ifPresent(seen -> {
              put(seen.lag().toNanos() / 1e9, Metric.SQL_REPLICA_LAG, store, number, id);
              put((double) seen.lagBytes(), Metric.SQL_REPLICA_LAG_BYTES, store, number, id);
            });
        roles.ifPresent(known -> {
          Role.Kind kind = known.role(id).kind();
          put(1, Metric.SQL_SERVER_ROLE, store, number, id, kind.name().toLowerCase(Locale.ROOT));
        });
      }
      roles.ifPresent(known -> put(known.timeline(), Metric.SQL_TIMELINE, store, number));
    }
  }
}
