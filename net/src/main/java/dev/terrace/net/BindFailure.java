package dev.terrace.net;

import dev.terrace.core.pool.Address;
import java.io.IOException;

/** A listener could not be opened; the message says which, why and what to do. */
public final class BindFailure extends IOException {

  private static final long serialVersionUID = 1L;

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
