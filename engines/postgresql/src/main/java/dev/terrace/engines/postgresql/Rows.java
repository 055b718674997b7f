package dev.terrace.engines.postgresql;

import dev.terrace.engine.Row;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads rows off the driver. */
final class Rows {

  private Rows() {}

  /** All rows; they share the list of their columns' names. */
  static List<Row> all(ResultSet results) throws SQLException {
    ResultSetMetaData columns = results.getMetaData();
    int count = columns.getColumnCount();
    String[] names = new String[count];
    boolean[] binary = new boolean[count];
    for (int i = 0; i < count; i++) {
      names[i] = columns.getColumnName(i + 1);
      binary[i] = columns.getColumnType(i + 1) == Types.BINARY;
    }
    List<String> shared = List.copyOf(Arrays.asList(names));
    List<Row> rows = new ArrayList<>();
    while (results.next()) {
      byte[] @Nullable [] values = new byte[count] @Nullable [];
      for (int i = 0; i < count; i++) {
        values[i] = value(results, i + 1, binary[i]);
      }
      rows.add(new Row(shared, values));
    }
    return rows;
  }

  private static byte @Nullable [] value(ResultSet results, int index, boolean binary)
      throws SQLException {
    if (binary) {
      return results.getBytes(index);
    }
    String text = results.getString(index);
    return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
  }
}
