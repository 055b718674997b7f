package dev.terrace.engines.postgresql;

import dev.terrace.engine.Batch.Item;
import dev.terrace.engine.Change;
import dev.terrace.engine.EngineFailure;
import dev.terrace.engine.EngineFailure.Kind;
import dev.terrace.engine.Field;
import dev.terrace.engine.Table;
import dev.terrace.engine.Table.Column;
import dev.terrace.engine.TableRef;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Rows of one table that one statement deletes or writes: each column's values are one array.
 *
 * <p>Rows that are there are updated and only the others inserted: an insert would be refused for a
 * column that must not be NULL and is not among those set, even where it only came to an update.
 *
 * @param sets columns that get a value
 * @param adds columns that a number is added to
 */
record RowSet(
    TableRef table, List<String> sets, List<String> adds, List<Item> items, boolean deletes) {

  static RowSet deleting(TableRef table, List<Item> items) {
    return new RowSet(table, List.of(), List.of(), items, true);
  }

  static RowSet writing(TableRef table, List<String> sets, List<String> adds, List<Item> items) {
    return new RowSet(table, sets, adds, items, false);
  }

  /** The columns that are asked for by name. */
  List<Field> asked() {
    return names().stream().map(Field::ofNull).toList();
  }

  private List<String> names() {
    List<String> names = new ArrayList<>(table.keyColumns());
    names.addAll(sets);
    names.addAll(adds);
    return names;
  }

  /** The columns of the arrays: the key's, those set, those added to. */
  List<Column> parameters(Table known) throws EngineFailure {
    List<Column> columns = new ArrayList<>();
    for (String name : names()) {
      columns.add(
          known
              .column(name)
              .orElseThrow(() ->
                  new EngineFailure(
                      Kind.UNKNOWN_FIELD,
                      table.table()
                          + " has no column '"
                          + name
                          + "', only "
                          + known.columns().stream().map(Column::name).toList())));
    }
    return columns;
  }

  void run(Connection connection, List<Column> parameters) throws SQLException, EngineFailure {
    String sql = deletes ? delete(parameters) : write(parameters);
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < parameters.size(); i++) {
        statement.setString(i + 1, array(parameters.get(i), i));
      }
      statement.executeUpdate();
    }
  }

  private String delete(List<Column> parameters) {
    return "DELETE FROM "
        + Statements.table(table.table())
        + " WHERE ("
        + Statements.quoted(table.keyColumns())
        + ") IN (SELECT * FROM "
        + unnest(parameters)
        + ")";
  }

  private String write(List<Column> parameters) {
    String target = Statements.table(table.table()) + " AS t";
    String names = Statements.quoted(names());
    String same = same("t", "u");
    String isDone = same("u", "done");
    String keys = Statements.quoted(table.keyColumns());
    boolean changes = !sets.isEmpty() || !adds.isEmpty();
    // Without anything to set, an update by the key itself tells which rows are there.
    String update = changes ? assignments("u") : assignment(table.keyColumns().getFirst(), "u");
    return "WITH u ("
        + names
        + ") AS MATERIALIZED (SELECT * FROM "
        + unnest(parameters)
        + "), done AS (UPDATE "
        + target
        + " SET "
        + update
        + " FROM u WHERE "
        + same
        + " RETURNING "
        + table.keyColumns().stream()
            .map(c -> "t." + Statements.quoted(c))
            .collect(Collectors.joining(", "))
        + ") INSERT INTO "
        + target
        + " ("
        + names
        + ") SELECT "
        + names
        + " FROM u WHERE NOT EXISTS (SELECT 1 FROM done WHERE "
        + isDone
        + ") ON CONFLICT ("
        + keys
        + ") DO "
        + (changes ? "UPDATE SET " + assignments("excluded") : "NOTHING");
  }

  private String same(String one, String other) {
    return table.keyColumns().stream()
        .map(Statements::quoted)
        .map(c -> one + "." + c + " = " + other + "." + c)
        .collect(Collectors.joining(" AND "));
  }

  private String assignments(String from) {
    List<String> all = new ArrayList<>();
    sets.forEach(c -> all.add(assignment(c, from)));
    for (String column : adds) {
      String name = Statements.quoted(column);
      all.add(name + " = coalesce(t." + name + ", 0) + " + from + "." + name);
    }
    return String.join(", ", all);
  }

  private static String assignment(String column, String from) {
    String name = Statements.quoted(column);
    return name + " = " + from + "." + name;
  }

  private String unnest(List<Column> parameters) {
    int added = table.keyColumns().size() + sets.size();
    return IntStream.range(0, parameters.size())
        // What is added may be more than the column takes, where the sum is not.
        .mapToObj(i -> i < added ? bareType(parameters.get(i).type()) : "numeric")
        .map(type -> "CAST(? AS " + type + "[])")
        .collect(Collectors.joining(", ", "unnest(", ")"));
  }

  /** The type without its length: a cast would cut values off that the column is to refuse. */
  private static String bareType(String type) {
    String bare = type.replaceFirst("\\([^)]*\\)", "");
    return switch (bare) {
      case "character" -> "bpchar";
      case "bit" -> "bit varying";
      default -> bare;
    };
  }

  private String array(Column column, int index) throws EngineFailure {
    int keys = table.keyColumns().size();
    StringBuilder literal = new StringBuilder("{");
    for (Item item : items) {
      literal.append(literal.length() == 1 ? "" : ",");
      if (index < keys) {
        quote(literal, item.key().values().get(index));
      } else if (index < keys + sets.size()) {
        append(literal, value(item, column.name()), column);
      } else {
        literal.append(item.adds().getOrDefault(column.name(), 0L));
      }
    }
    return literal.append('}').toString();
  }

  private void append(StringBuilder literal, byte @Nullable [] value, Column column)
      throws EngineFailure {
    if (value == null) {
      literal.append("NULL");
    } else if (column.binary()) {
      literal.append("\"\\\\x").append(HexFormat.of().formatHex(value)).append('"');
    } else {
      quote(literal, Binding.text(value, table, column));
    }
  }

  private static byte @Nullable [] value(Item item, String column) {
    List<Field> fields =
        switch (item.change()) {
          case Change.Put(List<Field> put) -> put;
          case Change.Replace(List<Field> replace) -> replace;
          case Change.Keep() -> List.of();
          case Change.Delete() -> List.of();
        };
    byte[] value = null;
    for (Field field : fields) {
      if (field.column().equals(column)) {
        value = field.value();
      }
    }
    return value;
  }

  private static void quote(StringBuilder literal, String text) {
    literal.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        literal.append('\\');
      }
      literal.append(c);
    }
    literal.append('"');
  }
}
