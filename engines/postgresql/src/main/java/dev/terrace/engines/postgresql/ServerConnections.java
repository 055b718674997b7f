package dev.terrace.engines.postgresql;

import dev.terrace.core.pool.Address;
import dev.terrace.engine.EngineFailure;
import dev.terrace.engine.EngineFailure.Kind;
import dev.terrace.engine.StoreSettings;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The connections to one server: as many as are needed at once, up to a limit, kept while in use.
 *
 * <p>Unlike the general pools it fails at once when the server refuses, and tries no more: whether
 * to try again, and where, is for the caller to decide.
 */
final class ServerConnections implements AutoCloseable {

  /** A connection that has rested longer is asked whether it still lives. */
  private static final long TRUST_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  private static final long REST_NANOS_MAX = TimeUnit.SECONDS.toNanos(60);

  private record Rested(Connection connection, long sinceNanos) {}

  private final Address server;
  private final Login login;
  private final Semaphore free;
  private final Deque<Rested> rested = new ArrayDeque<>();
  private boolean closed;

  ServerConnections(Address server, Login login) {
    this.server = server;
    this.login = login;
    this.free = new Semaphore(login.settings().maxConnections(), true);
  }

  Address server() {
    return server;
  }

  /** A connection that works, as far as can be known; {@link #give} must follow. */
  Connection take() throws EngineFailure {
    StoreSettings settings = login.settings();
    try {
      if (!free.tryAcquire(settings.timeout().toMillis(), TimeUnit.MILLISECONDS)) {
        throw new EngineFailure(
            Kind.TIMEOUT,
            "all " + settings.maxConnections() + " connections to " + server + " are in use");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new EngineFailure(Kind.UNREACHABLE, "Terrace is stopping", e);
    }
    try {
      Connection ready = livingOne();
      return ready != null
          ? ready
          : login.connect(server, settings.connectTimeout(), settings.timeout());
    } catch (SQLException e) {
      free.release();
      throw Failures.connecting(server, e);
    }
  }

  private @Nullable Connection livingOne() throws SQLException {
    while (true) {
      Rested candidate;
      synchronized (this) {
        closeRested(System.nanoTime() - REST_NANOS_MAX);
        candidate = rested.pollFirst();
      }
      if (candidate == null) {
        return null;
      }
      boolean trusted = System.nanoTime() - candidate.sinceNanos() < TRUST_NANOS;
      if (trusted || candidate.connection().isValid(1)) {
        return candidate.connection();
      }
      quietlyClose(candidate.connection());
    }
  }

  /** Gives a connection back; a broken one takes those down that rested meanwhile. */
  void give(Connection connection, boolean broken) {
    synchronized (this) {
      if (broken || closed) {
        quietlyClose(connection);
        closeRested(Long.MAX_VALUE);
      } else {
        rested.addFirst(new Rested(connection, System.nanoTime()));
      }
    }
    free.release();
  }

  /** Closes those that rest since before that reading of the nano clock, the oldest first. */
  private void closeRested(long beforeNanos) {
    boolean all = beforeNanos == Long.MAX_VALUE;
    while (!rested.isEmpty() && (all || rested.getLast().sinceNanos() - beforeNanos < 0)) {
      quietlyClose(rested.removeLast().connection());
    }
  }

  private static void quietlyClose(Connection connection) {
    try {
      connection.close();
    } catch (SQLException e) {
      // It is gone either way.
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    closeRested(Long.MAX_VALUE);
  }
}
