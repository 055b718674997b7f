package dev.terrace.engine;

import java.util.List;

/**
 * A table and the columns that tell its rows apart.
 *
 * @param table its name, perhaps with a schema: {@code shop.products}
 * @param keyColumns columns with a unique index on just them
 */
public record TableRef(String table, List<String> keyColumns) {

  public TableRef {
    keyColumns = List.copyOf(keyColumns);
  }

  /** A table with one key column. */
  public TableRef(String table, String keyColumn) {
    this(table, List.of(keyColumn));
  }
}
