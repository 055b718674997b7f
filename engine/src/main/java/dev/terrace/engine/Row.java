package dev.terrace.engine;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One row: a value, or NULL, for each of its columns. A value is the UTF-8 text that the store
 * prints it as (times in UTC), and for a binary column its raw bytes.
 */
public final class Row {

  private final List<String> columns;
  private final byte[] @Nullable [] values;

  /** A row; neither argument is copied, and neither may change any more. */
  public Row(List<String> columns, byte[] @Nullable [] values) {
    if (columns.size() != values.length) {
      throw new IllegalArgumentException(columns.size() + " columns, " + values.length + " values");
    }
    this.columns = columns;
    this.values = values;
  }

  /** The columns' names in the table's order; rows of one answer share the list. */
  public List<String> columns() {
    return columns;
  }

  /** The value of the column at that index, or null for NULL. */
  public byte @Nullable [] value(int index) {
    return values[index];
  }

  /** The value of that column; null for NULL, and for a column that the row does not have. */
  public byte @Nullable [] value(String column) {
    int index = columns.indexOf(column);
    return index < 0 ? null : values[index];
  }

  /** The value of that column as text, if it is there and not NULL. */
  public Optional<String> text(String column) {
    byte[] value = value(column);
    return value == null
        ? Optional.empty()
        : Optional.of(new String(value, StandardCharsets.UTF_8));
  }
}
