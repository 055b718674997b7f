package dev.terrace.sql.coordinate;

import dev.terrace.core.place.Placement;
import dev.terrace.sql.plan.Quoted;
import java.util.List;

/**
 * A table of the store, by the file.
 *
 * @param inFile what the file and statements' plans call it
 * @param key the sharding key's columns; none if it has no key
 */
record Table(String inFile, String schema, String name, Placement placement, List<String> key) {

  Table {
    key = List.copyOf(key);
  }

  private static final String DEFAULT_SCHEMA = "public";

  /** The table that the file calls so. */
  static Table of(String inFile, Placement placement, List<String> key) {
    int dot = inFile.indexOf('.');
    String schema = dot < 0 ? DEFAULT_SCHEMA : inFile.substring(0, dot);
    return new Table(inFile, schema, inFile.substring(dot + 1), placement, key);
  }

  String path() {
    return schema + "." + name;
  }

  String sql() {
    return Quoted.name(schema) + "." + Quoted.name(name);
  }
}
