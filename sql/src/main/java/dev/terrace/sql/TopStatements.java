package dev.terrace.sql;

import dev.terrace.core.signal.Metric;
import dev.terrace.core.signal.Signals;
import dev.terrace.sql.plan.View;
import dev.terrace.sql.session.Survey;
import dev.terrace.sql.session.ViewRows;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Keeps metrics of the few statements that took the most time: as many series as stay bounded
 * whatever clients send. Which ones they are is looked up now and then.
 */
final class TopStatements implements AutoCloseable {

  private static final Duration EVERY = Duration.ofSeconds(5);

  /** Of each store. */
  private static final int SHOWN_MAX = 10;

  private static final int TEXT_MAX = 120;

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
    Map<String, Integer> ofStore = new HashMap<>();
    List<String> names = View.STATEMENTS.names();
    for (List<@Nullable Object> row :
        ViewRows.of(survey, Set.of(View.STATEMENTS))
            .join()
            .getOrDefault(View.STATEMENTS, List.of())) {
      String store = String.valueOf(row.get(names.indexOf("store")));
      Object id = row.get(names.indexOf("queryid"));
      if (id == null || ofStore.merge(store, 1, Integer::sum) > SHOWN_MAX) {
        continue;
      }
      String text = String.valueOf(row.get(names.indexOf("query")));
      now.put(
          new Label(store, text.substring(0, Math.min(TEXT_MAX, text.length())) + " #" + id),
          new Level(
              number(row.get(names.indexOf("total_exec_time"))) / 1000,
              number(row.get(names.indexOf("calls")))));
    }
    show(now);
  }

  private static double number(@Nullable Object value) {
    return value instanceof Number number ? number.doubleValue() : 0;
  }

  private void show(Map<Label, Level> now) {
    Set<Label> gone = new HashSet<>(shown.keySet());
    gone.removeAll(now.keySet());
    for (Label label : gone) {
      signals.removeGauge(Metric.SQL_TOP_SECONDS, label.values());
      signals.removeGauge(Metric.SQL_TOP_CALLS, label.values());
      shown.remove(label);
    }
    for (Label label : new ArrayList<>(now.keySet())) {
      boolean fresh = shown.put(label, now.get(label)) == null;
      if (fresh) {
        signals.gauge(() -> level(label).seconds(), Metric.SQL_TOP_SECONDS, label.values());
        signals.gauge(() -> level(label).calls(), Metric.SQL_TOP_CALLS, label.values());
      }
    }
  }

  private Level level(Label label) {
    return shown.getOrDefault(label, new Level(0, 0));
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
