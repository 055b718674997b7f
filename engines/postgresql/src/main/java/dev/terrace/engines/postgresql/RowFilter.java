package dev.terrace.engines.postgresql;

import dev.terrace.core.place.Key;
import dev.terrace.core.place.Placement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The condition that a table's row belongs on a shard, in the expressions that a publication's row
 * filter may have: built-in, immutable, of one table.
 *
 * @param columns the sharding key, as it is named in the table; none if there is none
 * @param hashed a table that PostgreSQL partitions by hash of those columns' types, quoted
 * @see <a href="https://www.postgresql.org/docs/current/logical-replication-row-filter.html">Row
 *     filters</a>
 */
record RowFilter(List<String> columns, Placement placement, int shard, String hashed) {

  RowFilter {
    columns = List.copyOf(columns);
  }

  private static final String ALL = "true";
  private static final String NONE = "false";

  /** The condition. */
  String sql() {
    return of(placement);
  }

  /** Whether it lets all rows through. */
  boolean isAll() {
    return sql().equals(ALL);
  }

  private String of(Placement of) {
    return switch (of) {
      case Placement.Hash hash ->
          "satisfies_hash_partition("
              + literal(hashed)
              + "::regclass, "
              + hash.shards()
              + ", "
              + shard
              + ", "
              + Statements.quoted(columns)
              + ")";
      case Placement.Range range -> ranges(range);
      case Placement.Directory directory -> directory(directory);
      case Placement.Single single -> single.shard() == shard ? ALL : NONE;
      case Placement.Everywhere _ -> ALL;
    };
  }

  private String ranges(Placement.Range range) {
    List<String> mine = new ArrayList<>();
    List<Key> splits = range.splits();
    for (int i = 0; i < range.owners().size(); i++) {
      if (range.owners().get(i) != shard) {
        continue;
      }
      List<String> bounds = new ArrayList<>();
      if (i > 0) {
        bounds.add(compared(splits.get(i - 1), ">="));
      }
      if (i < splits.size()) {
        bounds.add(compared(splits.get(i), "<"));
      }
      mine.add("(" + String.join(" AND ", bounds) + ")");
    }
    return mine.isEmpty() ? NONE : String.join(" OR ", mine);
  }

  private String directory(Placement.Directory directory) {
    List<Key> here =
        directory.at().entrySet().stream()
            .filter(at -> at.getValue() == shard)
            .map(Map.Entry::getKey)
            .toList();
    String rest = of(directory.rest());
    String others = name() + " NOT IN (" + values(directory.at().keySet()) + ")";
    List<String> ways = new ArrayList<>();
    if (!here.isEmpty()) {
      ways.add(name() + " IN (" + values(here) + ")");
    }
    if (!rest.equals(NONE)) {
      ways.add(rest.equals(ALL) ? others : "(" + others + " AND " + rest + ")");
    }
    return ways.isEmpty() ? NONE : String.join(" OR ", ways);
  }

  private static String values(Collection<Key> keys) {
    return keys.stream().sorted().map(RowFilter::value).collect(Collectors.joining(", "));
  }

  /** Row by row where there are several columns; a split may have but the first of them. */
  private String compared(Key split, String operator) {
    List<Key> values = split instanceof Key.Row(List<Key> several) ? several : List.of(split);
    List<String> names = new ArrayList<>();
    for (int i = 0; i < values.size(); i++) {
      names.add(ordered(i));
    }
    String left = String.join(", ", names);
    String right = values.stream().map(RowFilter::value).collect(Collectors.joining(", "));
    return values.size() == 1
        ? left + " " + operator + " " + right
        : "(" + left + ") " + operator + " (" + right + ")";
  }

  /** Terrace orders texts by their bytes, as the collation C does. */
  private String ordered(int column) {
    String name = Statements.quoted(columns.get(column));
    return placement.keyTypes().get(column).isCollated() ? name + " COLLATE \"C\"" : name;
  }

  private String name() {
    return Statements.quoted(columns);
  }

  private static String value(Key key) {
    return switch (key) {
      case Key.Whole(long value) -> value < 0 ? "(" + value + ")" : Long.toString(value);
      case Key.Numeric numeric -> literal(numeric.text()) + "::numeric";
      case Key.Text(String value) -> literal(value);
      case Key.Padded(String value) -> literal(value) + "::bpchar";
      case Key.Bytes bytes -> literal(bytes.text()) + "::bytea";
      case Key.Truth(boolean value) -> Boolean.toString(value);
      case Key.Uuid uuid -> literal(uuid.text()) + "::uuid";
      case Key.Day day -> literal(day.text()) + "::date";
      case Key.Moment moment -> literal(moment.text()) + "::" + moment.type().sqlName();
      case Key.Row row -> throw new IllegalArgumentException("not of one column: " + row);
    };
  }

  static String literal(String text) {
    // E'': whatever standard_conforming_strings says.
    return text.indexOf('\\') < 0
        ? "'" + text.replace("'", "''") + "'"
        : "E'" + text.replace("\\", "\\\\").replace("'", "''") + "'";
  }
}
