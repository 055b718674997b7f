package dev.terrace.sql.plan;

import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * What a statement does to tables, and what its result depends on beside them.
 *
 * @param writes the tables that it changes itself, as plans name them; what follows from that by
 *     triggers and the like is not among them
 * @param beyond what else it may change
 * @param calls the functions that it calls, by their names without a schema
 * @param unsteady why its result may be another although its tables are the same; empty if it may
 *     not
 */
public record Effects(
    Set<String> writes, Beyond beyond, Set<String> calls, Optional<String> unsteady) {

  /** What a statement may change that it does not name. */
  public enum Beyond {
    /** Nothing. */
    NOTHING,
    /** Rows of any table. */
    ANY_TABLE,
    /** Tables, triggers, functions, rights, and rows too. */
    SCHEMA
  }

  private static final Set<String> HARMLESS = Set.of("LOCK", "NOTIFY", "CHECKPOINT");
  private static final Set<String> OF_ROWS = Set.of("TRUNCATE", "MERGE");

  public Effects {
    writes = Set.copyOf(writes);
    calls = Set.copyOf(calls);
  }

  /** Of a statement that changes those tables and returns nothing to keep. */
  static Effects writing(Set<String> tables, String command) {
    return new Effects(tables, Beyond.NOTHING, Set.of(), Optional.of(isNoQuery(command)));
  }

  /** Of a statement of which nothing is known but its kind. */
  static Effects of(StatementKind kind, String command) {
    Beyond beyond =
        switch (kind) {
          case DDL -> Beyond.SCHEMA;
          case OTHER -> HARMLESS.contains(command) ? Beyond.NOTHING : Beyond.SCHEMA;
          case WRITE -> OF_ROWS.contains(command) ? Beyond.ANY_TABLE : Beyond.SCHEMA;
          case EXECUTE, DECLARE, COPY_IN, COPY_OUT -> Beyond.ANY_TABLE;
          case READ, BEGIN, COMMIT, ROLLBACK, SAVEPOINT, SESSION -> Beyond.NOTHING;
          case PREPARE, DEALLOCATE, FETCH, LISTEN, EMPTY -> Beyond.NOTHING;
        };
    return new Effects(Set.of(), beyond, Set.of(), Optional.of(isNoQuery(command)));
  }

  /** Of a statement that wraps this one. */
  Effects within(StatementKind outer, String command) {
    return outer == StatementKind.PREPARE
        ? of(outer, command)
        : new Effects(writes, beyond, calls, Optional.of(isNoQuery(command)));
  }

  /** Whether it changes nothing. */
  public boolean isHarmless() {
    return writes.isEmpty() && beyond == Beyond.NOTHING;
  }

  private static String isNoQuery(String command) {
    return command.isEmpty()
        ? "it is no query"
        : command.toUpperCase(Locale.ROOT) + " is not a query";
  }
}
