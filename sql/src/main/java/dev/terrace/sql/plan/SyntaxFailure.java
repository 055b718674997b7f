package dev.terrace.sql.plan;

/** Text that cannot be cut into tokens or read as a statement; the message says why. */
final class SyntaxFailure extends Exception {

  private static final long serialVersionUID = 1L;

  private final String detail;

  SyntaxFailure(String message) {
    // Thrown for a client's text, not for a bug: where in this code does not matter.
    super(message, null, false, false);
    this.detail = message;
  }

  /** What was wrong. */
  String detail() {
    return detail;
  }
}
