package dev.terrace.kv.back;

import dev.terrace.engine.Change;
import dev.terrace.engine.Field;
import dev.terrace.engine.Row;
import dev.terrace.engine.Table.Column;
import dev.terrace.kv.back.ColumnValue.Misfit;
import dev.terrace.kv.data.Collection;
import dev.terrace.kv.data.KvError;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A change whose values its columns take.
 *
 * @param change with values as the store will print them
 * @param effect the same as it is written: with numbers to add where numbers were added
 */
record FittingChange(Change change, Effect effect) {

  /** Whether the change can be told to fit without the store; else the store must be asked. */
  static boolean tellable(Collection c, Change change) {
    return fields(change).stream()
        .map(field -> c.described().column(field.column()))
        .allMatch(column -> column.isEmpty() || ColumnValue.known(column.get()));
  }

  private static List<Field> fields(Change change) {
    return switch (change) {
      case Change.Put(List<Field> fields) -> fields;
      case Change.Replace(List<Field> fields) -> fields;
      case Change.Keep() -> List.of();
      case Change.Delete() -> List.of();
    };
  }

  /**
   * Checks a change of a row.
   *
   * @throws KvError that names the collection, the field and its type
   */
  static FittingChange of(Collection c, Optional<Row> before, Change change) throws KvError {
    return switch (change) {
      case Change.Keep() -> new FittingChange(change, Effect.of(change));
      case Change.Delete() -> new FittingChange(change, Effect.of(change));
      case Change.Replace(List<Field> fields) -> {
        Change fitting = new Change.Replace(fitting(c, fields, true));
        yield new FittingChange(fitting, Effect.of(fitting));
      }
      case Change.Put(List<Field> fields) -> put(c, fitting(c, fields, before.isEmpty()));
    };
  }

  private static FittingChange put(Collection c, List<Field> fields) {
    List<Field> set = new ArrayList<>();
    Map<String, Long> adds = new HashMap<>();
    for (Field field : fields) {
      boolean countable =
          c.described().column(field.column()).filter(ColumnValue::countable).isPresent();
      if (field.added().isPresent() && countable) {
        adds.put(field.column(), field.added().getAsLong());
      } else {
        set.add(field);
      }
    }
    return new FittingChange(new Change.Put(fields), new Effect(new Change.Put(set), adds));
  }

  private static List<Field> fitting(Collection c, List<Field> fields, boolean wholeRow)
      throws KvError {
    List<Field> fitting = new ArrayList<>();
    for (Field field : fields) {
      Column column =
          c.described()
              .column(field.column())
              .orElseThrow(() ->
                  KvError.of(
                      "collection '"
                          + c.name()
                          + "': "
                          + c.tableName()
                          + " has no column '"
                          + field.column()
                          + "'"));
      fitting.add(fitting(c, column, field));
    }
    if (wholeRow) {
      required(c, fields);
    }
    return fitting;
  }

  private static Field fitting(Collection c, Column column, Field field) throws KvError {
    byte[] value = field.value();
    if (value == null) {
      if (column.required()) {
        throw misfit(c, column, "the column must not be NULL");
      }
      return field;
    }
    try {
      byte[] printed = ColumnValue.printed(column, value);
      return field.added().isPresent() ? field : Field.of(column.name(), printed);
    } catch (Misfit e) {
      throw misfit(c, column, e.why());
    }
  }

  private static void required(Collection c, List<Field> fields) throws KvError {
    for (Column column : c.described().columns()) {
      boolean given =
          c.keyColumns().contains(column.name())
              || fields.stream().anyMatch(f -> f.column().equals(column.name()));
      if (column.required() && !column.filled() && !given) {
        throw misfit(c, column, "a new row needs a value there, and none is given");
      }
    }
  }

  private static KvError misfit(Collection c, Column column, String why) {
    return KvError.of(
        "collection '"
            + c.name()
            + "': "
            + c.tableName()
            + "."
            + column.name()
            + " ("
            + column.type()
            + "): "
            + why);
  }
}
