package dev.terrace.engines.postgresql;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a table must have in common with another so that rows can be replicated to it.
 *
 * @param columns the types by the columns' names
 * @param primaryKey the columns of the primary key; empty if there is none
 */
record TableForm(Map<String, String> columns, List<String> primaryKey) {

  /** The forms of those of the tables that are there, by their names. */
  static Map<String, TableForm> all(Connection connection, List<ReshardTable> tables)
      throws SQLException {
    Map<String, TableForm> forms = new LinkedHashMap<>();
    for (ReshardTable table : tables) {
      String relation = "to_regclass(" + RowFilter.literal(table.quoted()) + ")";
      Map<String, String> columns = new LinkedHashMap<>();
      for (List<String> row :
          Steps.rows(
              connection,
              "SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid ="
                  + " "
                  + relation
                  + " AND attnum > 0 AND NOT attisdropped AND attgenerated = '' ORDER BY attname")) {
        columns.put(row.get(0), row.get(1));
      }
      List<String> primaryKey = new ArrayList<>();
      for (List<String> row :
          Steps.rows(
              connection,
              "SELECT a.attname FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND"
                  + " a.attnum = ANY (i.indkey) WHERE i.indisprimary AND i.indrelid = "
                  + relation
                  + " ORDER BY 1")) {
        primaryKey.add(row.getFirst());
      }
      if (!columns.isEmpty()) {
        forms.put(table.name(), new TableForm(columns, primaryKey));
      }
    }
    return forms;
  }

  /** What is wrong with the other, if anything. */
  Optional<String> problem(Optional<TableForm> other) {
    if (other.isEmpty()) {
      return Optional.of("is missing: create the schema there first, as by pg_dump --schema-only");
    }
    if (!other.get().columns.equals(columns)) {
      return Optional.of("has the columns " + other.get().columns + ", not " + columns);
    }
    if (!other.get().primaryKey.equals(primaryKey)) {
      return Optional.of("has the primary key " + other.get().primaryKey + ", not " + primaryKey);
    }
    return Optional.empty();
  }
}
