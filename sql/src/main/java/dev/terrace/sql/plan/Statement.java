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
    Residue residue,
    SettingCalls settings,
    Effects effects,
    Decision decision) {

  /** A statement about the session: no tables, no shard of its own. */
  static Statement session(StatementKind kind, String command, String reason) {
    return of(kind, command, new Routing.Session(reason));
  }

  /** A statement whose way is the same whatever its constants are. */
  static Statement of(StatementKind kind, String command, Routing routing) {
    return of(kind, command, List.of(), false, Decision.fixed(routing));
  }

  /** A statement that leaves nothing behind. */
  static Statement of(
      StatementKind kind, String command, List<String> tables, boolean readOnly, Decision way) {
    return new Statement(
        kind,
        command,
        tables,
        0,
        readOnly,
        false,
        Residue.NOTHING,
        SettingCalls.NONE,
        Effects.of(kind, command),
        way);
  }

  Statement with(Effects others) {
    return new Statement(
        kind,
        command,
        tables,
        parameterCount,
        readOnly,
        readOnlyTransaction,
        residue,
        settings,
        others,
        decision);
  }

  Statement leaving(Residue left) {
    return new Statement(
        kind,
        command,
        tables,
        parameterCount,
        readOnly,
        readOnlyTransaction,
        residue.and(left),
        settings,
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
        residue,
        settings,
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
        residue,
        settings,
        effects,
        decision);
  }

  /** The same with another kind, command and decision: a statement that wraps this one. */
  Statement within(StatementKind outer, String outerCommand, boolean reads, Decision way) {
    // What is wrapped may be run later, or not at all: its settings cannot be followed.
    Residue left = settings.equals(SettingCalls.NONE) ? residue : residue.and(Residue.HELD);
    return new Statement(
        outer,
        outerCommand,
        tables,
        parameterCount,
        reads,
        false,
        left,
        SettingCalls.NONE,
        effects.within(outer, outerCommand),
        way);
  }
}
