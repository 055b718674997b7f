package dev.terrace.sql.coordinate;

import dev.terrace.sql.plan.Quoted;

/**
 * A column as a shard has it.
 *
 * @param type as SQL writes it with nothing but pg_catalog in the search path
 * @param collation qualified and quoted; empty for the one of its type
 * @param builtIn whether every PostgreSQL has the type
 */
record Column(String name, String type, String collation, boolean notNull, boolean builtIn) {

  String sql() {
    return Quoted.name(name)
        + " "
        + type
        + (collation.isEmpty() ? "" : " collate " + collation)
        + (notNull ? " not null" : "");
  }
}
