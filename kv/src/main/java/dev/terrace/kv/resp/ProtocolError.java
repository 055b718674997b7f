package dev.terrace.kv.resp;

import java.io.Serial;

/** A client sent what RESP does not allow; the connection cannot go on. */
public final class ProtocolError extends Exception {

  @Serial private static final long serialVersionUID = 1L;

  ProtocolError(String message) {
    super(message, null, false, false);
  }

  /** In Redis's words where it has some: "invalid bulk length". */
  public String reason() {
    return String.valueOf(getMessage());
  }
}
