package dev.terrace.sql.session;

import dev.terrace.sql.wire.SqlError;
import java.util.Optional;

/** Whether Terrace itself has failed a transaction, which no server knows of, and why. */
final class TransactionFailure {

  private boolean failed;
  private boolean hopeless;
  private SqlError why = SqlError.inFailedTransaction();
  private Optional<SqlError> untold = Optional.empty();

  /** Whether nothing but its end is accepted. */
  boolean isThere() {
    return failed;
  }

  /** What to answer to statements. */
  SqlError why() {
    return why;
  }

  /** What a COMMIT must say, as the client does not know yet that there is nothing to commit. */
  Optional<SqlError> untold() {
    return untold;
  }

  /** Whether a savepoint may bring the transaction back. */
  boolean mayRecover() {
    return !hopeless;
  }

  /** A server of it is gone, and with that all that it did there; the client knows nothing yet. */
  void lost(SqlError error) {
    failed = true;
    hopeless = true;
    why = error;
    untold = Optional.of(error);
  }

  /** The client is told of an error. */
  void told(boolean fails) {
    failed |= fails;
    untold = Optional.empty();
  }

  /** ROLLBACK TO has undone it. */
  void recover() {
    failed = hopeless;
  }

  void reset() {
    failed = false;
    hopeless = false;
    why = SqlError.inFailedTransaction();
    untold = Optional.empty();
  }
}
