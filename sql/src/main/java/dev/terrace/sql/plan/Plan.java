package dev.terrace.sql.plan;

import java.util.List;

/**
 * What is known of one statement before its parameters are: its kind, its tables, and how to find
 * its shard once they are bound. Immutable; equal statements share the costly part.
 */
public final class Plan {

  private final String sql;
  private final StatementKind kind;
  private final String command;
  private final Routing fixed;

  Plan(String sql, StatementKind kind, String command, Routing fixed) {
    this.sql = sql;
    this.kind = kind;
    this.command = command;
    this.fixed = fixed;
  }

  /** The statement's text, without its semicolon. */
  public String sql() {
    return sql;
  }

  /** What the statement does. */
  public StatementKind kind() {
    return kind;
  }

  /** Its first keyword in upper case: SELECT, SET, DISCARD; empty if there is none. */
  public String command() {
    return command;
  }

  /** The tables it names, as the file names them, in the order they appear. */
  public List<String> tables() {
    return List.of();
  }

  /** The highest n of its $n parameters, 0 if it has none. */
  public int parameterCount() {
    return 0;
  }

  /** Whether it provably changes nothing, so that a replica may answer it. */
  public boolean readOnly() {
    return kind == StatementKind.READ;
  }

  /** Whether this BEGIN opens a READ ONLY transaction; false for every other kind. */
  public boolean readOnlyTransaction() {
    return false;
  }

  /**
   * Whether it leaves something behind in the server's session that later statements rely on: a
   * temporary table, a cursor WITH HOLD, an advisory lock, LISTEN, PREPARE.
   */
  public boolean holdsSession() {
    return false;
  }

  /** Whether {@link #route} looks at the parameters. */
  public boolean needsParameters() {
    return false;
  }

  /** Where it goes with these parameters. */
  public Routing route(Parameters parameters) {
    return fixed;
  }
}
