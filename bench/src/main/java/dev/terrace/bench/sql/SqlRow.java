package dev.terrace.bench.sql;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What pgbench does.
 *
 * @param reads whether it only selects, over two shards; else it is TPC-B-like, on one
 */
record SqlRow(boolean reads, Mode mode, int clients) {

  /** How pgbench sends its statements. */
  enum Mode {
    SIMPLE,
    EXTENDED,
    PREPARED
  }

  static List<SqlRow> all() {
    List<SqlRow> rows = new ArrayList<>();
    for (boolean reads : new boolean[] {true, false}) {
      for (Mode mode : Mode.values()) {
        for (int clients : new int[] {1, 32, 500}) {
          rows.add(new SqlRow(reads, mode, clients));
        }
      }
    }
    return rows;
  }

  String modeName() {
    return mode.name().toLowerCase(Locale.ROOT);
  }

  String name() {
    return (reads ? "select" : "tpcb") + "-" + modeName() + "-" + clients;
  }

  /** Whether all parts of one of the names are in this one's; no names match all rows. */
  boolean matches(List<String> names) {
    List<String> own = List.of(name().split("-", -1));
    return names.isEmpty()
        || names.stream().anyMatch(name -> own.containsAll(List.of(name.split("-", -1))));
  }
}
