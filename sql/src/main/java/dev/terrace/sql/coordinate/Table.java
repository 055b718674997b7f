package dev.terrace.sql.coordinate;

import dev.terrace.core.place.Placement;
import dev.terrace.sql.plan.Quoted;
import java.util.Optional;

/**
 * A table of the store, by the file.
 *
 * @param inFile what the file and statements' plans call it
 * @param key the sharding key's column, if it has one
 */
record Table(String inFile, String schema, String name, Placement placement, Optional<String> key) {

  private static final String DEFAULT_SCHEMA = "public";

  /** The table that the file calls so. */
  static Table of(String inFile, Placement placement, Optional<String> key) {
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
