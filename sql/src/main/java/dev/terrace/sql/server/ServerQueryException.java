package dev.terrace.sql.server;

/** A server could not be asked, or answered with an error. */
public final class ServerQueryException extends Exception {

  private static final long serialVersionUID = 1;

  private final String sqlState;

  /** What is wrong, in PostgreSQL's words where it said any. */
  public ServerQueryException(String sqlState, String message) {
    super(message);
    this.sqlState = sqlState;
  }

  ServerQueryException(String sqlState, String message, Throwable cause) {
    super(message, cause);
    this.sqlState = sqlState;
  }

  /** The error's code; 08006 if there is no connection. */
  public String sqlState() {
    return sqlState;
  }
}
