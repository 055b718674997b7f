package dev.terrace.sql.plan;

import java.util.List;

/**
 * What is known of all statements with one fingerprint.
 *
 * @param command the first keyword in upper case
 * @param parameterCount the highest n of its $n
 */
record Statement(
    StatementKind kind,
    String command,
    List<String> tables,
    int parameterCount,
    boolean readOnly,
    boolean readOnlyTransaction,
    boolean holdsSession,
    Effects effects,
    Decision decision) {

  /** A statement about the session: no tables, no shard of its own. */
  static Statement session(StatementKind kind, String command, String reason) {
    return of(kind, command, new Routing.Session(reason));
  }

  /** A statement whose way is the same whatever its constants are. */
  static Statement of(StatementKind kind, String command, Routing routing) {
    return new Statement(
        kind,
        command,
        List.of(),
        0,
        false,
        false,
        false,
        Effects.of(kind, command),
        Decision.fixed(routing));
  }

  Statement holding(boolean holds) {
    return new Statement(
        kind,
        command,
        tables,
        parameterCount,
        readOnly,
        readOnlyTransaction,
        holds,
        effects,
        decision);
  }

  Statement opening(boolean readOnlyOpened) {
    return new Statement(
        kind,
        command,
        tables,
        parameterCount,
        readOnly,
        readOnlyOpened,
        holdsSession,
        effects,
        decision);
  }

  Statement parameters(int count) {
    return new Statement(
        kind,
        command,
        tables,
        count,
        readOnly,
        readOnlyTransaction,
        holdsSession,
        effects,
        decision);
  }

  /** The same with another kind, command and decision: a statement that wraps this one. */
  Statement within(StatementKind outer, String outerCommand, boolean reads, Decision way) {
    return new Statement(
        outer,
        outerCommand,
        tables,
        parameterCount,
        reads,
        false,
        holdsSession,
        effects.within(outer, outerCommand),
        way);
  }
}
