package dev.terrace.sql;

import dev.terrace.core.signal.Metric;
import dev.terrace.core.signal.Signals;
import dev.terrace.sql.operate.StatementCounts;
import dev.terrace.sql.operate.StatementTotal;
import dev.terrace.sql.session.Survey;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Keeps metrics of the few statements that took the most time: as many series as stay bounded
 * whatever clients send. Which ones they are is looked up now and then.
 */
final class TopStatements implements AutoCloseable {

  private static final Duration EVERY = Duration.ofSeconds(5);

  /** Of each store. */
  private static final int SHOWN_MAX = 10;

  private static final int TEXT_MAX = 120;
  private static final double NANOS_PER_SECOND = Duration.ofSeconds(1).toNanos();

  /** A statement by the values of its labels. */
  private record Label(String store, String statement) {
    String[] values() {
      return new String[] {store, statement};
    }
  }

  private record Level(double seconds, double calls) {}

  private final Survey survey;
  private final Signals signals;
  private final Map<Label, Level> shown = new ConcurrentHashMap<>();
  private final Thread thread;

  TopStatements(Survey survey, Signals signals) {
    this.survey = survey;
    this.signals = signals;
    this.thread = Thread.ofVirtual().name("sql-top-statements").start(this::run);
  }

  private void run() {
    try {
      while (true) {
        Thread.sleep(EVERY);
        look();
      }
    } catch (InterruptedException e) {
      // Closed.
    }
  }

  private void look() {
    Map<Label, Level> now = new LinkedHashMap<>();
    survey
        .statements()
        .join()
        .forEach((store, totals) ->
            totals.stream()
                .filter(total -> total.id() != StatementCounts.OTHERS)
                .limit(SHOWN_MAX)
                .forEach(total -> now.put(label(store, total), level(total))));
    show(now);
  }

  private static Label label(String store, StatementTotal total) {
    String text = total.text();
    return new Label(
        store, text.substring(0, Math.min(TEXT_MAX, text.length())) + " #" + total.id());
  }

  private static Level level(StatementTotal total) {
    return new Level(total.nanos() / NANOS_PER_SECOND, total.calls());
  }

  private void show(Map<Label, Level> now) {
    Set<Label> gone = new HashSet<>(shown.keySet());
    gone.removeAll(now.keySet());
    for (Label label : gone) {
      signals.removeGauge(Metric.SQL_TOP_SECONDS, label.values());
      signals.removeGauge(Metric.SQL_TOP_CALLS, label.values());
      shown.remove(label);
    }
    now.forEach((label, level) -> {
      if (shown.put(label, level) == null) {
        signals.gauge(() -> level(label).seconds(), Metric.SQL_TOP_SECONDS, label.values());
        signals.gauge(() -> level(label).calls(), Metric.SQL_TOP_CALLS, label.values());
      }
    });
  }

  private Level level(Label label) {
    return shown.getOrDefault(label, new Level(0, 0));
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
