package dev.terrace.sql.wire;

/** The other side sent what the protocol does not allow; its connection must be closed. */
public final class ProtocolViolation extends Exception {

  private static final long serialVersionUID = 1L;

  private final String reason;

  /** With a message for whoever sent it. */
  public ProtocolViolation(String message) {
    super(message, null, false, false);
    this.reason = message;
  }

  /** What was wrong. */
  public String reason() {
    return reason;
  }
}
