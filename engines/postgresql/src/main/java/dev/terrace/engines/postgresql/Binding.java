package dev.terrace.engines.postgresql;

import dev.terrace.engine.EngineFailure;
import dev.terrace.engine.EngineFailure.Kind;
import dev.terrace.engine.Field;
import dev.terrace.engine.RowKey;
import dev.terrace.engine.Table.Column;
import dev.terrace.engine.TableRef;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/** Sets the parameters of statements. */
final class Binding {

  private Binding() {}

  /** The key's values, from that parameter on. */
  static void key(PreparedStatement statement, int from, RowKey key) throws SQLException {
    for (int i = 0; i < key.values().size(); i++) {
      statement.setString(from + i, key.values().get(i));
    }
  }

  /** A field's value, as its column takes it. */
  static void field(PreparedStatement statement, int at, TableRef table, Field field, Column column)
      throws SQLException, EngineFailure {
    byte[] value = field.value();
    if (value == null) {
      statement.setString(at, null);
    } else if (column.binary()) {
      statement.setBytes(at, value);
    } else {
      statement.setString(at, text(value, table, column));
    }
  }

  static String text(byte[] value, TableRef table, Column column) throws EngineFailure {
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(value)).toString();
      if (text.indexOf('\0') < 0) {
        return text;
      }
    } catch (CharacterCodingException e) {
      // Said below.
    }
    throw new EngineFailure(
        Kind.REJECTED,
        table.table()
            + "."
            + column.name()
            + " ("
            + column.type()
            + "): the value is not UTF-8 text; bytes of any kind need a bytea column");
  }
}
