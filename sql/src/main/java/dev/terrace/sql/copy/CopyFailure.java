package dev.terrace.sql.copy;

import dev.terrace.sql.wire.SqlError;

/** What was sent cannot be cut into rows that have a shard. */
public final class CopyFailure extends Exception {

  private static final long serialVersionUID = 1L;

  private final transient SqlError error;

  /** With the error that the client gets. */
  public CopyFailure(SqlError error) {
    super(error.message(), null, false, false);
    this.error = error;
  }

  static CopyFailure malformed(String message) {
    return new CopyFailure(SqlError.error("22P04", message));
  }

  /** The error that the client gets. */
  public SqlError error() {
    return error;
  }
}
