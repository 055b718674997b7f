package dev.terrace.sql.plan;

import dev.terrace.core.place.Cut;
import dev.terrace.core.place.Key;
import dev.terrace.core.place.KeyType;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a column's bounds come to once their operands are read: some values, or an interval. A bound
 * that cannot be read leaves the column as wide as the others do.
 */
final class ColumnBounds {

  private final KeyType type;
  private final KeyReader reader;
  private @Nullable Set<Key> values;
  private @Nullable Key low;
  private @Nullable Key high;
  private boolean lowOpen;
  private boolean highOpen;

  private ColumnBounds(KeyType type, KeyReader reader) {
    this.type = type;
    this.reader = reader;
  }

  static ColumnBounds read(List<Bound> bounds, KeyType type, KeyReader reader) {
    ColumnBounds column = new ColumnBounds(type, reader);
    for (Bound bound : bounds) {
      switch (bound) {
        case Bound.OneOf(List<Operand> operands) -> column.oneOf(operands);
        case Bound.Interval interval -> column.interval(interval);
        case Bound.Columns _, Bound.Rows _ -> {
          // Of several columns.
        }
      }
    }
    if (column.values != null) {
      column.values.removeIf(value -> !column.isWithin(value));
    }
    return column;
  }

  private void oneOf(List<Operand> operands) {
    Set<Key> some = new LinkedHashSet<>();
    if (!operands.stream().allMatch(operand -> reader.read(operand, type, some::add))) {
      return;
    }
    if (values == null) {
      values = some;
    } else {
      values.retainAll(some);
    }
  }

  private void interval(Bound.Interval interval) {
    List<Key> from = new ArrayList<>();
    List<Key> to = new ArrayList<>();
    boolean known =
        (interval.low() == null || reader.read(interval.low(), type, from::add))
            && (interval.high() == null || reader.read(interval.high(), type, to::add));
    if (!known) {
      return;
    }
    if ((interval.low() != null && from.isEmpty()) || (interval.high() != null && to.isEmpty())) {
      // Nothing is above NULL, or below.
      values = new LinkedHashSet<>();
    }
    from.forEach(key -> above(key, interval.open()));
    to.forEach(key -> below(key, interval.open()));
  }

  private void above(Key key, boolean open) {
    int order = low == null ? 1 : key.compareTo(low);
    lowOpen = order > 0 ? open : order == 0 ? lowOpen || open : lowOpen;
    low = order > 0 ? key : low;
  }

  private void below(Key key, boolean open) {
    int order = high == null ? -1 : key.compareTo(high);
    highOpen = order < 0 ? open : order == 0 ? highOpen || open : highOpen;
    high = order < 0 ? key : high;
  }

  private boolean isWithin(Key value) {
    int fromLow = low == null ? 1 : value.compareTo(low);
    int fromHigh = high == null ? -1 : value.compareTo(high);
    return (lowOpen ? fromLow > 0 : fromLow >= 0) && (highOpen ? fromHigh < 0 : fromHigh <= 0);
  }

  /** The values that the column may have; null if they are not told one by one. */
  @Nullable Set<Key> values() {
    return values;
  }

  /** Whether an interval is known. */
  boolean isInterval() {
    return low != null || high != null;
  }

  /** Where keys begin that begin with those columns and have this one within its interval. */
  Cut from(List<Key> columns) {
    if (low == null) {
      return new Cut(columns, false);
    }
    return lowOpen ? Cut.behind(columns, low) : Cut.before(columns, low);
  }

  /** Where such keys end. */
  Cut to(List<Key> columns) {
    if (high == null) {
      return new Cut(columns, true);
    }
    return highOpen ? Cut.before(columns, high) : Cut.behind(columns, high);
  }
}
