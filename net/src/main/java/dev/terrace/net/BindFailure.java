package dev.terrace.net;

import dev.terrace.core.pool.Address;
import java.io.IOException;

/**
 * Something outside that serving needs could not be had, mostly a listener's address; the message
 * says what, why and what to do.
 */
public final class BindFailure extends IOException {

  private static final long serialVersionUID = 1L;

  /** Names what it is, as in "cannot write x". */
  public BindFailure(String what, IOException cause) {
    super(what + ": " + cause, cause);
  }

  /** Names the listener by its key under {@code listen}. */
  public BindFailure(String listener, Address address, Throwable cause) {
    super(
        "cannot listen on "
            + address
            + " (listen."
            + listener
            + "): "
            + cause.getMessage()
            + ". Is another process using it? See who with: ss -ltunp 'sport = :"
            + address.port()
            + "'",
        cause);
  }
}
