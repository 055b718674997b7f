package dev.terrace.sandbox.shop;

import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/**
 * One table of the shop with its rows.
 *
 * @param columns in the order in which rows hold them
 * @param keyColumn the sharding key's column; empty for a table whose rows go to every shard
 * @param rows generates the rows anew, always the same
 */
public record ShopTable(
    String name, List<String> columns, Optional<String> keyColumn, Iterable<Row> rows) {

  public ShopTable {
    columns = List.copyOf(columns);
  }

  /**
   * A row.
   *
   * @param key the sharding key as text; empty where rows go to every shard
   * @param csv all columns, as COPY reads them with FORMAT csv; without the line's end
   */
  public record Row(String key, String csv) {}

  /** The statement that takes {@link Row#csv} lines from standard input. */
  public String copyStatement() {
    return "COPY " + name + " (" + String.join(", ", columns) + ") FROM STDIN (FORMAT csv)";
  }

  /** The rows, from the first. */
  public Iterator<Row> iterator() {
    return rows.iterator();
  }
}
