package dev.terrace.kv.back;

import dev.terrace.engine.Change;
import dev.terrace.engine.Field;
import dev.terrace.engine.Row;
import dev.terrace.engine.RowKey;
import dev.terrace.engine.Table.Column;
import dev.terrace.kv.data.Collection;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a row is after a change, as far as that can be told without the store: what defaults and
 * triggers make of it is seen once the store has it.
 */
final class RowAfter {

  private RowAfter() {}

  static Optional<Row> of(Collection c, RowKey key, Optional<Row> before, Change change) {
    return switch (change) {
      case Change.Keep() -> before;
      case Change.Delete() -> Optional.empty();
      case Change.Put(List<Field> fields) -> Optional.of(set(c, key, before, fields));
      case Change.Replace(List<Field> fields) -> Optional.of(set(c, key, Optional.empty(), fields));
    };
  }

  private static Row set(Collection c, RowKey key, Optional<Row> before, List<Field> fields) {
    List<String> columns = c.described().columns().stream().map(Column::name).toList();
    byte[] @Nullable [] values = new byte[columns.size()] @Nullable [];
    for (int i = 0; i < values.length; i++) {
      String column = columns.get(i);
      int part = c.keyColumns().indexOf(column);
      values[i] =
          part >= 0
              ? key.values().get(part).getBytes(StandardCharsets.UTF_8)
              : before.isPresent() ? before.get().value(column) : null;
    }
    for (Field field : fields) {
      int index = columns.indexOf(field.column());
      if (index >= 0) {
        values[index] = field.value();
      }
    }
    return new Row(columns, values);
  }
}
