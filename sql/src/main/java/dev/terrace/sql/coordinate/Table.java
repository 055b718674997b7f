package dev.terrace.sql.coordinate;

import dev.terrace.core.place.Placement;
import java.util.Optional;

/**
 * A table of the store, by the file.
 *
 * @param key the sharding key's column, if it has one
 */
record Table(String schema, String name, Placement placement, Optional<String> key) {

  private static final String DEFAULT_SCHEMA = "public";

  /** The table that the file calls so. */
  static Table of(String inFile, Placement placement, Optional<String> key) {
    int dot = inFile.indexOf('.');
    return dot < 0
        ? new Table(DEFAULT_SCHEMA, inFile, placement, key)
        : new Table(inFile.substring(0, dot), inFile.substring(dot + 1), placement, key);
  }

  /** What the file and statements' plans call it. */
  String inFile() {
    return schema.equals(DEFAULT_SCHEMA) ? name : path();
  }

  String path() {
    return schema + "." + name;
  }

  String sql() {
    return Quoted.name(schema) + "." + Quoted.name(name);
  }
}
