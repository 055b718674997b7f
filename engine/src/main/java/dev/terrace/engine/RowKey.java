package dev.terrace.engine;

import java.util.List;

/**
 * What tells one row of a table from the others: a value for each of the table's key columns, in
 * the form that the server prints it in.
 *
 * @param values in the order of {@link TableRef#keyColumns}
 */
public record RowKey(List<String> values) {

  public RowKey {
    values = List.copyOf(values);
  }

  /** A key of these values. */
  public static RowKey of(String... values) {
    return new RowKey(List.of(values));
  }

  /** The values with colons between. */
  @Override
  public String toString() {
    return String.join(":", values);
  }
}
