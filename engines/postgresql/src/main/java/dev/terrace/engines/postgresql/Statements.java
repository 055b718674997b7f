package dev.terrace.engines.postgresql;

import dev.terrace.engine.Field;
import dev.terrace.engine.TableRef;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;

/** The texts of the statements; names are quoted, values are parameters. */
final class Statements {

  /** Column names and types in order, without dropped and system columns. */
  static final String DESCRIBE =
      """
      SELECT a.attname, format_type(a.atttypid, a.atttypmod), a.atttypid = 'bytea'::regtype
      FROM pg_attribute a
      WHERE a.attrelid = CAST(? AS regclass) AND a.attnum > 0 AND NOT a.attisdropped
      ORDER BY a.attnum\
      """;

  private Statements() {}

  static String select(TableRef ref) {
    return "SELECT * FROM "
        + table(ref.table())
        + " WHERE "
        + quoted(ref.keyColumn())
        + " = ANY(?)";
  }

  static String selectForUpdate(TableRef ref) {
    return "SELECT * FROM " + table(ref.table()) + whereKey(ref) + " FOR UPDATE";
  }

  static String update(TableRef ref, List<Field> fields) {
    String set =
        fields.stream().map(f -> quoted(f.column()) + " = ?").collect(Collectors.joining(", "));
    return "UPDATE " + table(ref.table()) + " SET " + set + whereKey(ref);
  }

  /** The key's column comes last, as in {@link #update}. */
  static String insert(TableRef ref, List<Field> fields) {
    String names =
        fields.stream().map(f -> quoted(f.column()) + ", ").collect(Collectors.joining());
    return "INSERT INTO "
        + table(ref.table())
        + " ("
        + names
        + quoted(ref.keyColumn())
        + ") VALUES ("
        + "?, ".repeat(fields.size())
        + "?) ON CONFLICT ("
        + quoted(ref.keyColumn())
        + ") DO NOTHING";
  }

  static String delete(TableRef ref) {
    return "DELETE FROM " + table(ref.table()) + whereKey(ref);
  }

  private static String whereKey(TableRef ref) {
    return " WHERE " + quoted(ref.keyColumn()) + " = ?";
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
