package dev.terrace.sql.session;

import dev.terrace.core.signal.Counter;
import dev.terrace.core.signal.Histogram;
import dev.terrace.core.signal.Metric;
import dev.terrace.core.signal.Signals;
import java.util.Locale;

/** The SQL front's metrics of one store. */
public final class Meters {

  private final Signals signals;
  private final Counter[] primary;
  private final Counter[] replica;
  private final Histogram seconds;
  private final Counter protocolErrors;

  /** The metrics of a store with that many shards. */
  public Meters(Signals signals, String store, int shards) {
    this.signals = signals;
    primary = new Counter[shards];
    replica = new Counter[shards];
    for (int shard = 0; shard < shards; shard++) {
      String number = Integer.toString(shard);
      primary[shard] = signals.counter(Metric.SQL_STATEMENTS, store, number, "primary");
      replica[shard] = signals.counter(Metric.SQL_STATEMENTS, store, number, "replica");
    }
    seconds = signals.histogram(Metric.SQL_SECONDS, store);
    protocolErrors = signals.counter(Metric.PROTOCOL_ERRORS, "sql");
  }

  void statement(int shard, boolean onReplica) {
    (onReplica ? replica : primary)[shard].increment();
  }

  void took(long nanos) {
    seconds.recordNanos(nanos);
  }

  void rejected(String sqlState) {
    signals.counter(Metric.SQL_REJECTED, sqlState).increment();
  }

  void overdue(Session.Activity activity) {
    signals.counter(Metric.SQL_OVERDUE, activity.name().toLowerCase(Locale.ROOT)).increment();
  }

  void protocolError() {
    protocolErrors.increment();
  }
}
