package dev.terrace.sql.plan;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a statement says of a sharding key: the rows that count have one that is within it. */
sealed interface Bound {

  /** One of these values; of a column. */
  record OneOf(List<Operand> values) implements Bound {
    public OneOf {
      values = List.copyOf(values);
    }
  }

  /**
   * An interval; of a column.
   *
   * @param low the lowest value; null if there is none
   * @param high the highest value; null if there is none
   * @param open whether {@code low} or {@code high}, whichever there is, is itself beyond it
   */
  record Interval(@Nullable Operand low, @Nullable Operand high, boolean open) implements Bound {}

  /** Each column of a key of several within all of its own bounds, of which there may be none. */
  record Columns(List<List<Bound>> columns) implements Bound {
    public Columns {
      columns = columns.stream().map(List::copyOf).toList();
    }
  }

  /** One of these keys of several columns, an operand for each column. */
  record Rows(List<List<Operand>> rows) implements Bound {
    public Rows {
      rows = rows.stream().map(List::copyOf).toList();
    }
  }
}
