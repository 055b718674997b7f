package dev.terrace.engines.postgresql;

import dev.terrace.core.freshness.ReplicaProgress;
import dev.terrace.core.freshness.ReplicaProgress.Progress;
import dev.terrace.core.health.ProbeResult;
import dev.terrace.core.pool.Member;
import dev.terrace.core.signal.Metric;
import dev.terrace.core.signal.Signals;
import dev.terrace.engine.StoreSettings;
import dev.terrace.net.health.Probe;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * The checks of PostgreSQL servers: that a primary takes writes, that a replica follows it, and how
 * closely, which is noted in {@link ReplicaProgress}.
 */
public final class PostgresHealth implements AutoCloseable {

  private static final String ASK_PRIMARY =
      "SELECT pg_is_in_recovery(), CASE WHEN pg_is_in_recovery() THEN 0"
          + " ELSE pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0') END";

  /** Whoever lacks pg_read_all_stats sees that there is a receiver, but not its status. */
  private static final String ASK_REPLICA =
      "SELECT pg_is_in_recovery(), coalesce(pg_wal_lsn_diff(pg_last_wal_replay_lsn(), '0/0'), 0),"
          + " coalesce((SELECT coalesce(status, 'streaming') FROM pg_stat_wal_receiver), 'none')";

  /** The checks of one shard's servers. */
  public record ShardProbes(int shard, Probe primary, Probe replica) {}

  private record Store(StoreSettings settings, int shards, Duration maxLag) {}

  private record Checked(ProbeConnections connections, List<ShardProbes> probes) {}

  private final ReplicaProgress progress;
  private final Signals signals;
  private final Map<Store, Checked> stores = new HashMap<>();

  /** Checks nothing yet. */
  public PostgresHealth(ReplicaProgress progress, Signals signals) {
    this.progress = progress;
    this.signals = signals;
  }

  /**
   * The checks of a store, by shard; the same objects for the same arguments, so that a reload
   * which leaves the store alone leaves its checks alone.
   *
   * @param maxLag a replica that is further behind fails its check
   */
  public synchronized List<ShardProbes> probes(
      StoreSettings settings, int shards, Duration maxLag) {
    return stores.computeIfAbsent(new Store(settings, shards, maxLag), this::checked).probes();
  }

  private Checked checked(Store store) {
    ProbeConnections connections = new ProbeConnections(store.settings());
    List<ShardProbes> probes = new ArrayList<>();
    for (int shard = 0; shard < store.shards(); shard++) {
      LogPositions log = new LogPositions();
      String name = Integer.toString(shard);
      probes.add(
          new ShardProbes(
              shard,
              (member, timeout) -> primary(connections, log, member, timeout),
              (member, timeout) -> replica(connections, log, store, name, member, timeout)));
    }
    return new Checked(connections, List.copyOf(probes));
  }

  private static ProbeResult primary(
      ProbeConnections connections, LogPositions log, Member member, Duration timeout) {
    long before = System.nanoTime();
    return connections.ask(
        member,
        timeout,
        ASK_PRIMARY,
        row -> {
          if (row.getBoolean(1)) {
            return new ProbeResult.Failed("it is a replica (in recovery), not a primary");
          }
          log.sample(before, row.getLong(2));
          return new ProbeResult.Passed();
        });
  }

  private ProbeResult replica(
      ProbeConnections connections,
      LogPositions log,
      Store store,
      String shard,
      Member member,
      Duration timeout) {
    return connections.ask(
        member,
        timeout,
        ASK_REPLICA,
        row -> {
          if (!row.getBoolean(1)) {
            return new ProbeResult.Failed("it is not a replica (not in recovery)");
          }
          Duration lag = note(log, store, shard, member, row);
          String receiver = row.getString(3);
          if (!receiver.equals("streaming")) {
            return new ProbeResult.Failed(
                "it does not stream from its primary: receiver " + receiver);
          }
          if (lag.compareTo(store.maxLag()) > 0) {
            return new ProbeResult.Failed(
                "it is "
                    + lag.toMillis()
                    + " ms behind, more than max-lag "
                    + store.maxLag().toMillis()
                    + " ms");
          }
          return new ProbeResult.Passed();
        });
  }

  private Duration note(LogPositions log, Store store, String shard, Member member, ResultSet row)
      throws SQLException {
    long replayed = row.getLong(2);
    Duration lag = log.lag(replayed, System.nanoTime());
    OptionalLong caughtUp = log.caughtUpTo(replayed);
    if (caughtUp.isPresent()) {
      progress.note(member.id(), new Progress(caughtUp.getAsLong(), lag));
    }
    signals.gauge(
        () -> progress.of(member.id()).map(p -> p.lag().toNanos() / 1e9).orElse(Double.NaN),
        Metric.SQL_REPLICA_LAG,
        store.settings().store(),
        shard,
        member.id());
    return lag;
  }

  /** Closes the kept connections. */
  @Override
  public synchronized void close() {
    stores.values().forEach(checked -> checked.connections().close());
    stores.clear();
  }
}
