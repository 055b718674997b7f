package dev.terrace.engine;

import java.io.Serial;

/**
 * Why a store did not do what it was asked. The message is for the client: it names table, field
 * and type where they matter, and no secrets.
 */
public final class EngineFailure extends Exception {

  @Serial private static final long serialVersionUID = 1L;

  /** What went wrong, as far as a caller acts differently on it. */
  public enum Kind {
    /** The server could not be reached or went away; nothing was changed, another may be asked. */
    UNREACHABLE,
    /** The server took too long; nothing was changed. */
    TIMEOUT,
    /** The server refused the value or the change; asking again will not help. */
    REJECTED,
    /** The table has no such column. */
    UNKNOWN_FIELD,
    /** The store has no such table. */
    UNKNOWN_TABLE,
    /** A write may or may not have happened, or not on all servers. */
    IN_DOUBT
  }

  private final Kind kind;

  /** A failure that the store told us of. */
  public EngineFailure(Kind kind, String message) {
    super(message);
    this.kind = kind;
  }

  /** A failure with what caused it. */
  public EngineFailure(Kind kind, String message, Throwable cause) {
    super(message, cause);
    this.kind = kind;
  }

  /** What went wrong. */
  public Kind kind() {
    return kind;
  }

  /** The message, which is never absent. */
  public String reason() {
    return String.valueOf(getMessage());
  }
}
