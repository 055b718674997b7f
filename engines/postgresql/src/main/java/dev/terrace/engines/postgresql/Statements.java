package dev.terrace.engines.postgresql;

import dev.terrace.engine.Field;
import dev.terrace.engine.TableRef;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;

/** The texts of the statements; names are quoted, values are parameters. */
final class Statements {

  /** Column names and types in order, without dropped and system columns. */
  static final String DESCRIBE =
      """
      SELECT a.attname, format_type(a.atttypid, a.atttypmod), a.atttypid = 'bytea'::regtype,
        a.attnotnull, a.atthasdef OR a.attidentity <> ''
      FROM pg_attribute a
      WHERE a.attrelid = CAST(? AS regclass) AND a.attnum > 0 AND NOT a.attisdropped
      ORDER BY a.attnum\
      """;

  private Statements() {}

  /** The rows of several keys: of one column as one array, of several columns each by itself. */
  static String select(TableRef ref, int keys) {
    String from = "SELECT * FROM " + table(ref.table()) + " WHERE ";
    int columns = ref.keyColumns().size();
    if (columns == 1) {
      return from + quoted(ref.keyColumns().getFirst()) + " = ANY(?)";
    }
    String each = "(" + marks(columns) + ")";
    return from
        + "("
        + quoted(ref.keyColumns())
        + ") IN ("
        + String.join(", ", Collections.nCopies(keys, each))
        + ")";
  }

  static String selectForUpdate(TableRef ref) {
    return "SELECT * FROM " + table(ref.table()) + whereKey(ref) + " FOR UPDATE";
  }

  /** Rows in the order of their keys, from behind a key if there is one. */
  static String scan(TableRef ref, boolean behind) {
    String columns = quoted(ref.keyColumns());
    String where =
        behind ? " WHERE (" + columns + ") > (" + marks(ref.keyColumns().size()) + ")" : "";
    return "SELECT * FROM " + table(ref.table()) + where + " ORDER BY " + columns + " LIMIT ?";
  }

  static String update(TableRef ref, List<Field> fields) {
    String set =
        fields.stream().map(f -> quoted(f.column()) + " = ?").collect(Collectors.joining(", "));
    return "UPDATE " + table(ref.table()) + " SET " + set + whereKey(ref) + " RETURNING *";
  }

  /** The key's columns come last, as in {@link #update}. */
  static String insert(TableRef ref, List<Field> fields) {
    String names =
        fields.stream().map(f -> quoted(f.column()) + ", ").collect(Collectors.joining());
    String key = quoted(ref.keyColumns());
    return "INSERT INTO "
        + table(ref.table())
        + " ("
        + names
        + key
        + ") VALUES ("
        + marks(fields.size() + ref.keyColumns().size())
        + ") ON CONFLICT ("
        + key
        + ") DO NOTHING RETURNING *";
  }

  static String delete(TableRef ref) {
    return "DELETE FROM " + table(ref.table()) + whereKey(ref);
  }

  private static String marks(int count) {
    return String.join(", ", Collections.nCopies(count, "?"));
  }

  private static String whereKey(TableRef ref) {
    return ref.keyColumns().stream()
        .map(c -> quoted(c) + " = ?")
        .collect(Collectors.joining(" AND ", " WHERE ", ""));
  }

  /** A table's name, quoted part by part. */
  static String table(String name) {
    int dot = name.indexOf('.');
    return dot < 0
        ? quoted(name)
        : quoted(name.substring(0, dot)) + "." + quoted(name.substring(dot + 1));
  }

  /** Names with commas between. */
  static String quoted(List<String> identifiers) {
    return identifiers.stream().map(Statements::quoted).collect(Collectors.joining(", "));
  }

  static String quoted(String identifier) {
    return '"' + identifier.replace("\"", "\"\"") + '"';
  }

  /** The keys as an array literal, which the server reads as an array of the key's type. */
  static String array(Collection<String> keys) {
    StringBuilder literal = new StringBuilder("{");
    for (String key : keys) {
      literal.append(literal.length() == 1 ? "\"" : ",\"");
      literal.append(key.replace("\\", "\\\\").replace("\"", "\\\"")).append('"');
    }
    return literal.append('}').toString();
  }
}
