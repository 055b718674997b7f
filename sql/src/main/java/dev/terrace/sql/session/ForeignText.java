package dev.terrace.sql.session;

import dev.terrace.sql.plan.FunctionSetting;
import dev.terrace.sql.plan.Plan;
import dev.terrace.sql.server.ClientEncoding;
import dev.terrace.sql.wire.SqlError;
import java.util.List;
import java.util.Optional;

/**
 * What a session may not do whose client does not speak UTF8: all that Terrace says to servers in
 * its stead, or reads of its texts beyond ASCII. Statements pass to the store's one shard as they
 * are; the server converts them.
 */
final class ForeignText {

  private final Session session;

  ForeignText(Session session) {
    this.session = session;
  }

  private ClientEncoding encoding() {
    return session.state().mode().encoding();
  }

  /** Why a client of that store may not have an encoding; empty if it may. */
  static Optional<SqlError> refusal(ClientEncoding encoding, int shards) {
    return switch (encoding.kind()) {
      case UTF8 -> Optional.empty();
      case UNREADABLE ->
          Optional.of(
              SqlError.error(
                  "0A000",
                  "the client encoding " + encoding.name() + " is not supported",
                  "Its letters may hold bytes of ASCII's, by which statements are read: use"
                      + " UTF8."));
      case ABOVE_ASCII ->
          shards == 1
              ? Optional.empty()
              : Optional.of(
                  SqlError.error(
                      "0A000",
                      "the client encoding "
                          + encoding.name()
                          + " is not supported where a store has several shards",
                      "Keys and rows are compared in UTF8: use that."));
    };
  }

  /** Why the session may not change to an encoding now; empty if it may. */
  Optional<SqlError> refusal(ClientEncoding next) {
    Optional<SqlError> ever = refusal(next, session.service().members().shards());
    boolean changes = !next.equals(encoding());
    if (ever.isEmpty() && changes && session.transaction().state() != Transaction.State.NONE) {
      return Optional.of(
          SqlError.error(
              "0A000",
              "the client encoding cannot be changed within a transaction",
              "Set it before BEGIN, or when connecting."));
    }
    return ever;
  }

  /** Why a statement cannot be run; empty if it can. */
  Optional<SqlError> refusal(Plan plan) {
    if (encoding().isUtf8() || (isRelayed(plan) && plan.isWhole())) {
      return Optional.empty();
    }
    return plan.views().isEmpty() && ClientEncoding.isAscii(plan.sql())
        ? Optional.empty()
        : Optional.of(
            SqlError.error(
                "0A000",
                plan.command()
                    + " with other letters than ASCII's needs UTF8, not the client encoding "
                    + encoding().name(),
                "SET client_encoding TO UTF8."));
  }

  /** Whether nobody but the client itself says it to a server. */
  private static boolean isRelayed(Plan plan) {
    return switch (plan.kind()) {
      case SESSION, BEGIN, SAVEPOINT -> false;
      default -> !plan.setsByFunction();
    };
  }

  /** Whether these settings can be made again elsewhere. */
  boolean canRepeat(List<FunctionSetting> settings) {
    return encoding().isUtf8()
        || settings.stream().allMatch(setting -> ClientEncoding.isAscii(setting.sql()));
  }

  /** An error of Terrace's own as the client can read it. */
  SqlError shown(SqlError error) {
    return encoding().isUtf8() || ClientEncoding.isAscii(error.message())
        ? error
        : SqlError.error(
            error.sqlState(), error.message().replaceAll("[^\\x00-\\x7f]", "?"), error.hint());
  }
}
