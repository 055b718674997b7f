package dev.terrace.sql.session;

import dev.terrace.sql.server.ClientEncoding;
import dev.terrace.sql.wire.SqlError;

/** Settings in a transaction that is on several servers. */
final class BranchSettings {

  private BranchSettings() {}

  /** All servers make it, if it can be undone or said again on each. */
  static Decision decide(SettingStatement setting, ForeignText foreign) {
    return switch (setting) {
      case SettingStatement.Unportable unportable -> staysOnOne();
      case SettingStatement.Seed seed -> staysOnOne();
      case SettingStatement.Encode(var assign, ClientEncoding encoding) ->
          foreign
              .refusal(encoding)
              .<Decision>map(Decision.Refuse::new)
              .orElseGet(Decision.EveryBranch::new);
      default -> new Decision.EveryBranch();
    };
  }

  private static Decision staysOnOne() {
    return new Decision.Refuse(
        SqlError.error(
            "0A000",
            "the session would have to keep all servers of the transaction for that",
            "Use SET LOCAL, or set it before the transaction."));
  }
}
