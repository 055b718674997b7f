package dev.terrace.sql.plan;

import dev.terrace.core.place.Key;
import dev.terrace.core.place.KeyType;
import dev.terrace.core.place.Placement;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
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
    List<Key> low = new ArrayList<>();
    List<Key> high = new ArrayList<>();
    boolean known =
        (interval.low() == null || reader.read(interval.low(), range.keyType(), low::add))
            && (interval.high() == null
                || reader.read(interval.high(), range.keyType(), high::add));
    if (!known) {
      return false;
    }
    keys = 0;
    boolean nothing =
        (interval.low() != null && low.isEmpty()) || (interval.high() != null && high.isEmpty());
    int from = low.isEmpty() ? 0 : range.rangeOf(low.getFirst());
    int to = high.isEmpty() ? range.splits().size() : range.rangeOf(high.getFirst());
    if (interval.open() && !high.isEmpty() && to > 0) {
      to -= range.splits().get(to - 1).equals(high.getFirst()) ? 1 : 0;
    }
    if (interval.open() && !low.isEmpty() && from < range.splits().size()) {
      from += low.getFirst().isRightBefore(range.splits().get(from)) ? 1 : 0;
    }
    if (!nothing && from <= to) {
      within.set(from, to + 1);
    }
    return true;
  }

  private boolean columns(List<List<Bound>> columns, BitSet within) {
    List<List<Key>> values = new ArrayList<>();
    long combinations = 1;
    for (int i = 0; i < columns.size(); i++) {
      Set<Key> column = values(columns.get(i), placement.keyTypes().get(i));
      if (column == null) {
        return false;
      }
      values.add(List.copyOf(column));
      combinations *= column.size();
      if (combinations > COMBINATIONS_MAX) {
        return false;
      }
    }
    keys = 0;
    combine(values, List.of(), within);
    return true;
  }

  /** The values that a column may have; null if that cannot be known. */
  private @Nullable Set<Key> values(List<Bound> bounds, KeyType type) {
    Set<Key> values = null;
    for (Bound bound : bounds) {
      Set<Key> some = new LinkedHashSet<>();
      boolean known =
          bound instanceof Bound.OneOf(List<Operand> operands)
              && operands.stream().allMatch(operand -> reader.read(operand, type, some::add));
      if (known && values == null) {
        values = some;
      } else if (known && values != null) {
        values.retainAll(some);
      }
    }
    return values;
  }

  private void combine(List<List<Key>> values, List<Key> chosen, BitSet within) {
    if (chosen.size() == values.size()) {
      found(new Key.Row(chosen), within);
      return;
    }
    for (Key value : values.get(chosen.size())) {
      List<Key> more = new ArrayList<>(chosen);
      more.add(value);
      combine(values, more, within);
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
