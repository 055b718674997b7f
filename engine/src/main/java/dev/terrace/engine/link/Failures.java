package dev.terrace.engine.link;

import dev.terrace.core.pool.Address;
import dev.terrace.engine.EngineFailure;
import dev.terrace.engine.EngineFailure.Kind;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;

/** What an engine's callers are told when a connection fails. */
final class Failures {

  private Failures() {}

  /** No connection came to be. A server that hangs takes it, and then says nothing. */
  static EngineFailure connecting(Address server, Deadline deadline, IOException e) {
    if (deadline.passed() || e instanceof SocketTimeoutException) {
      return new EngineFailure(
          Kind.TIMEOUT, server + " did not answer in time while connecting", e);
    }
    String why = e instanceof UnknownHostException ? "its name is unknown" : message(e);
    return new EngineFailure(Kind.UNREACHABLE, "cannot connect to " + server + ": " + why, e);
  }

  /** A connection was lost in a call. */
  static EngineFailure lost(Address server, Deadline deadline, IOException e) {
    return deadline.passed()
        ? new EngineFailure(Kind.TIMEOUT, server + " took too long", e)
        : new EngineFailure(Kind.UNREACHABLE, "lost " + server + ": " + message(e), e);
  }

  private static String message(IOException e) {
    return String.valueOf(e.getMessage()).replace('\n', ' ').replace('\r', ' ');
  }
}
