package dev.terrace.sql.operate;

import dev.terrace.sql.plan.Fingerprint;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntSupplier;

/**
 * What one event loop counts of one store's statements, by fingerprint. When there are too many,
 * those that took the least time go into one count for all others. For the loop's own thread.
 */
public final class StatementCounts {

  /** The fingerprint of the others. */
  public static final long OTHERS = 0;

  private static final String OTHERS_TEXT = "(all others)";

  /** Which part of them makes room for new ones: so that room is rarely looked for. */
  private static final int PART = 10;

  private static final class Count {
    final Fingerprint fingerprint;
    long calls;
    long errors;
    long rows;
    long nanos;
    long maxNanos;
    long waitNanos;

    Count(Fingerprint fingerprint) {
      this.fingerprint = fingerprint;
    }

    StatementTotal total() {
      return new StatementTotal(
          fingerprint.id(), fingerprint.text(), calls, errors, rows, nanos, maxNanos, waitNanos);
    }
  }

  private final IntSupplier max;
  private final Map<Fingerprint, Count> counts = new HashMap<>();
  private StatementTotal others = new StatementTotal(OTHERS, OTHERS_TEXT, 0, 0, 0, 0, 0, 0);

  /** Nothing was counted yet; {@code max} says how many fingerprints are kept apart. */
  public StatementCounts(IntSupplier max) {
    this.max = max;
  }

  /** A statement is over. */
  public void add(Fingerprint of, boolean failed, long rows, long nanos, long waitNanos) {
    Count count = counts.get(of);
    if (count == null) {
      count = fresh(of);
    }
    count.calls++;
    count.rows += rows;
    count.nanos += nanos;
    count.waitNanos += waitNanos;
    if (failed) {
      count.errors++;
    }
    if (nanos > count.maxNanos) {
      count.maxNanos = nanos;
    }
  }

  private Count fresh(Fingerprint of) {
    int limit = max.getAsInt();
    if (counts.size() >= limit) {
      makeRoom(limit);
    }
    Count fresh = new Count(of);
    counts.put(of, fresh);
    return fresh;
  }

  private void makeRoom(int limit) {
    int surplus = counts.size() - limit + 1 + limit / PART;
    List<Count> least =
        counts.values().stream()
            .sorted(Comparator.comparingLong(count -> count.nanos))
            .limit(surplus)
            .toList();
    for (Count count : least) {
      counts.remove(count.fingerprint);
      others = others.and(count.total());
    }
  }

  /** What was counted up to now. */
  public List<StatementTotal> totals() {
    List<StatementTotal> all = new ArrayList<>(counts.size() + 1);
    counts.values().forEach(count -> all.add(count.total()));
    if (others.calls() > 0) {
      all.add(others);
    }
    return all;
  }

  /** One list of what several loops have counted, those that took the most time first. */
  public static List<StatementTotal> merged(List<StatementTotal> ofLoops) {
    Map<Long, StatementTotal> all = new LinkedHashMap<>();
    ofLoops.forEach(total -> all.merge(total.id(), total, StatementTotal::and));
    return all.values().stream()
        .sorted(Comparator.comparingLong(StatementTotal::nanos).reversed())
        .toList();
  }
}
