package dev.terrace.sql.session;

import dev.terrace.core.pool.Address;
import dev.terrace.core.signal.Counter;
import dev.terrace.core.signal.Metric;
import dev.terrace.core.signal.Signals;
import java.util.Collection;
import java.util.Locale;
import java.util.stream.Collectors;

/** The SQL front's metrics of one store. */
public final class Meters {

  private final Signals signals;
  private final String store;
  private final Counter[] primary;
  private final Counter[] replica;
  private final Counter coordinator;
  private final Latencies latencies;
  private final Counter protocolErrors;
  private final Counter combined;

  /** The metrics of a store with that many shards. */
  public Meters(Signals signals, String store, int shards) {
    this.signals = signals;
    this.store = store;
    primary = new Counter[shards];
    replica = new Counter[shards];
    for (int shard = 0; shard < shards; shard++) {
      String number = Integer.toString(shard);
      primary[shard] = signals.counter(Metric.SQL_STATEMENTS, store, number, "primary");
      replica[shard] = signals.counter(Metric.SQL_STATEMENTS, store, number, "replica");
    }
    coordinator = signals.counter(Metric.SQL_STATEMENTS, store, "all", "coordinator");
    latencies = new Latencies(signals, store, shards);
    combined = signals.counter(Metric.SQL_COMBINED_BYTES, store);
    protocolErrors = signals.counter(Metric.PROTOCOL_ERRORS, "sql");
  }

  void statement(int shard, boolean onReplica) {
    if (shard == Target.COORDINATOR) {
      coordinator.increment();
    } else {
      (onReplica ? replica : primary)[shard].increment();
    }
  }

  /** How many statements a shard was sent. */
  long statements(int shard, boolean onReplica) {
    return (onReplica ? replica : primary)[shard].value();
  }

  /** Rows of several shards that are kept until a last statement has put them together. */
  void combined(int bytes) {
    combined.add(bytes);
  }

  /** Forgets what was measured of servers that the file has no more. */
  public void retain(Collection<Address> servers) {
    Latencies.retain(
        signals, store, servers.stream().map(Address::toString).collect(Collectors.toSet()));
  }

  /** How long statements take. */
  Latencies latencies() {
    return latencies;
  }

  void rejected(String sqlState) {
    signals.counter(Metric.SQL_REJECTED, sqlState).increment();
  }

  /** A statement has waited for a primary; that ended so. */
  void waitedForPrimary(String end) {
    signals.counter(Metric.SQL_FAILOVER_WAITS, store, end).increment();
  }

  void overdue(Activity activity) {
    signals.counter(Metric.SQL_OVERDUE, activity.name().toLowerCase(Locale.ROOT)).increment();
  }

  void protocolError() {
    protocolErrors.increment();
  }
}
