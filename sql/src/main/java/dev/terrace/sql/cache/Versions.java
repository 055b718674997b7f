package dev.terrace.sql.cache;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What was written to a store's tables, as far as it passed here. Safe for use by many threads.
 *
 * <p>Why nothing untrue is found: a write counts its tables up before it can be seen by anybody,
 * and once more after all can see it; in between it is under way. Who wants to keep a result notes
 * the numbers of its tables <em>before</em> it asks, and keeps nothing if a write is under way
 * then. What is kept counts for as long as the numbers are the noted ones. So a result that may
 * lack a write was noted before the write began, and counts no more from then on; and one that was
 * noted during the write is not kept at all, as nobody knows whether it has it.
 */
final class Versions {

  /** What was noted of some tables. */
  static final class Seen {
    private final TableVersion[] tables;
    private final long[] numbers;

    /** Whether none of them was being written to. */
    private final boolean steady;

    private Seen(List<TableVersion> all) {
      tables = all.toArray(TableVersion[]::new);
      numbers = new long[tables.length];
      boolean quiet = true;
      for (int i = 0; i < tables.length; i++) {
        // In this order: a write that begins in between is noticed by its number.
        numbers[i] = tables[i].number();
        quiet &= !tables[i].isBeingWritten();
      }
      steady = quiet;
    }

    boolean isSteady() {
      return steady;
    }

    /** Whether none of the tables was written to since. */
    boolean isCurrent() {
      for (int i = 0; i < tables.length; i++) {
        if (tables[i].number() != numbers[i]) {
          return false;
        }
      }
      return true;
    }

    int size() {
      return tables.length;
    }
  }

  private final TableVersion everything = new TableVersion();
  private final Map<String, TableVersion> tables = new ConcurrentHashMap<>();

  private TableVersion of(String table) {
    return tables.computeIfAbsent(table, name -> new TableVersion());
  }

  /** Notes what is known of some tables now. */
  Seen look(Collection<String> names) {
    List<TableVersion> all = new ArrayList<>(names.size() + 1);
    all.add(everything);
    names.forEach(name -> all.add(of(name)));
    return new Seen(all);
  }

  /** A write to these tables begins; what is given back ends it. */
  Runnable begin(Collection<String> names) {
    return begin(names.stream().map(this::of).toList());
  }

  /** A write begins that may reach any table; what is given back ends it. */
  Runnable beginEverything() {
    return begin(List.of(everything));
  }

  private static Runnable begin(List<TableVersion> all) {
    all.forEach(TableVersion::begin);
    return () -> all.forEach(TableVersion::end);
  }

  /** Nothing that was noted counts any more. */
  void forget() {
    beginEverything().run();
  }
}
