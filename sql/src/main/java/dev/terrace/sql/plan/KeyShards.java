package dev.terrace.sql.plan;

import dev.terrace.core.place.Cut;
import dev.terrace.core.place.Key;
import dev.terrace.core.place.Placement;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The shards that the bounds of a table's key leave. Ranges are told apart as ranges to the end: a
 * shard may have several, and two bounds may each leave another one of them.
 */
final class KeyShards {

  /** More keys than these are not looked up one by one: the bound then says nothing. */
  private static final int COMBINATIONS_MAX = 10_000;

  private final Place.Sharded table;
  private final Placement placement;
  private final KeyReader reader;

  /** Ranges or shards that are left. */
  private final BitSet left = new BitSet();

  private int bounds;
  private int keys;
  private @Nullable Key last;

  KeyShards(Place.Sharded table, KeyReader reader) {
    this.table = table;
    this.placement = table.placement();
    this.reader = reader;
    left.set(0, placement instanceof Placement.Range r ? r.owners().size() : placement.shards());
  }

  /** Takes a bound into account; false if it says nothing that can be known. */
  boolean narrow(Bound bound) {
    BitSet within = new BitSet();
    boolean known =
        switch (bound) {
          case Bound.OneOf(List<Operand> values) -> {
            keys = 0;
            boolean all = true;
            for (int i = 0; all && i < values.size(); i++) {
              all = reader.read(values.get(i), placement.keyType(), key -> found(key, within));
            }
            yield all;
          }
          case Bound.Interval interval -> interval(interval, within);
          case Bound.Columns(List<List<Bound>> columns) -> columns(columns, within);
          case Bound.Rows(List<List<Operand>> rows) -> rows(rows, within);
        };
    if (known) {
      bounds++;
      left.and(within);
    }
    return known;
  }

  private void found(Key key, BitSet within) {
    within.set(
        placement instanceof Placement.Range range ? range.rangeOf(key) : placement.shardOf(key));
    last = key;
    keys++;
  }

  /** Only ranges are in the order of their keys. */
  private boolean interval(Bound.Interval interval, BitSet within) {
    if (!(placement instanceof Placement.Range range)) {
      return false;
    }
    ColumnBounds column = ColumnBounds.read(List.of(interval), placement.keyType(), reader);
    if (column.values() == null && !column.isInterval()) {
      return false;
    }
    keys = 0;
    if (column.values() == null) {
      touched(range, List.of(), column, within);
    }
    return true;
  }

  /** The ranges of the keys that begin with those columns and then have one within its bounds. */
  private static void touched(
      Placement.Range range, List<Key> columns, ColumnBounds next, BitSet within) {
    Cut from = next.from(columns);
    Cut to = next.to(columns);
    if (from.compareTo(to) < 0) {
      within.set(range.rangeBehind(from), range.rangeBefore(to) + 1);
    }
  }

  private boolean columns(List<List<Bound>> bounds, BitSet within) {
    List<ColumnBounds> columns = new ArrayList<>();
    for (int i = 0; i < bounds.size(); i++) {
      columns.add(ColumnBounds.read(bounds.get(i), placement.keyTypes().get(i), reader));
    }
    List<Set<Key>> values = new ArrayList<>();
    long combinations = 1;
    for (ColumnBounds column : columns) {
      Set<Key> some = column.values();
      if (some == null || combinations * some.size() > COMBINATIONS_MAX) {
        break;
      }
      values.add(some);
      combinations *= some.size();
    }
    keys = 0;
    if (values.size() == columns.size()) {
      combine(values, List.of(), key -> found(new Key.Row(key), within));
      return true;
    }
    ColumnBounds next = columns.get(values.size());
    if (!(placement instanceof Placement.Range range) || (values.isEmpty() && !next.isInterval())) {
      return false;
    }
    combine(values, List.of(), first -> touched(range, first, next, within));
    return true;
  }

  private static void combine(
      List<Set<Key>> values, List<Key> chosen, Consumer<List<Key>> combinations) {
    if (chosen.size() == values.size()) {
      combinations.accept(chosen);
      return;
    }
    for (Key value : values.get(chosen.size())) {
      List<Key> more = new ArrayList<>(chosen);
      more.add(value);
      combine(values, more, combinations);
    }
  }

  private boolean rows(List<List<Operand>> rows, BitSet within) {
    keys = 0;
    for (List<Operand> row : rows) {
      if (!reader.row(row, placement, key -> found(key, within))) {
        return false;
      }
    }
    return true;
  }

  /** How many keys the last bound has. */
  int keys() {
    return keys;
  }

  /** The shards that are left. */
  BitSet shards() {
    if (!(placement instanceof Placement.Range range)) {
      return left;
    }
    BitSet shards = new BitSet();
    left.stream().forEach(i -> shards.set(range.owners().get(i)));
    return shards;
  }

  /** For people; empty if nothing is known. */
  String reason() {
    if (bounds == 0) {
      return "";
    }
    String column = table.table() + "." + table.key() + ": ";
    if (bounds == 1 && keys == 1 && last != null) {
      return column + placement.locate(last).reason();
    }
    BitSet shards = shards();
    if (placement instanceof Placement.Range && (bounds > 1 || keys == 0)) {
      String ranges = left.stream().mapToObj(Integer::toString).collect(Collectors.joining(", "));
      return column + (left.cardinality() == 1 ? "in range " : "in ranges ") + ranges;
    }
    String where =
        shards.cardinality() == 1 ? "all on shard " + shards.nextSetBit(0) : "on shards " + shards;
    return column + keys + " values " + where;
  }
}
