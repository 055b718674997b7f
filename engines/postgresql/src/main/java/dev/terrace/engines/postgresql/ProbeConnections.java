package dev.terrace.engines.postgresql;

import dev.terrace.core.pool.Member;
import dev.terrace.engine.EngineFailure;
import dev.terrace.engine.StoreSettings;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** The connections that health checks keep, one to each member. */
final class ProbeConnections implements AutoCloseable {

  /** A member that was not checked for so long is checked no more. */
  private static final long FORGET_NANOS = TimeUnit.MINUTES.toNanos(2);

  private record Kept(Connection connection, long usedNanos) {}

  /** Reads one row's answer. */
  @FunctionalInterface
  interface Reading<T> {
    T of(ResultSet row) throws SQLException;
  }

  /** Makes an answer of what kept the member from giving one. */
  @FunctionalInterface
  interface Failing<T> {
    T because(String reason);
  }

  private final Login login;
  private final Map<String, Kept> kept = new ConcurrentHashMap<>();

  ProbeConnections(StoreSettings settings) {
    this.login = new Login(settings);
  }

  /** Asks the member, over the connection of the last check if there is one. */
  <T> T ask(Member member, Duration timeout, String sql, Reading<T> reading, Failing<T> failing) {
    forgetOthers();
    Kept mine = kept.remove(member.id());
    try {
      Connection connection =
          mine == null ? login.connect(member.address(), timeout, timeout) : mine.connection();
      boolean good = false;
      try (Statement statement = connection.createStatement();
          ResultSet results = statement.executeQuery(sql)) {
        results.next();
        T result = reading.of(results);
        good = true;
        return result;
      } finally {
        if (good) {
          kept.put(member.id(), new Kept(connection, System.nanoTime()));
        } else {
          connection.close();
        }
      }
    } catch (SQLException e) {
      if (Failures.timedOut(e)) {
        return failing.because("no answer within " + timeout.toMillis() + " ms");
      }
      EngineFailure failure = Failures.connecting(member.address(), e);
      return failing.because(failure.reason());
    }
  }

  private void forgetOthers() {
    long before = System.nanoTime() - FORGET_NANOS;
    kept.forEach((id, old) -> {
      if (old.usedNanos() - before < 0 && kept.remove(id, old)) {
        close(old);
      }
    });
  }

  private static void close(Kept old) {
    try {
      old.connection().close();
    } catch (SQLException e) {
      // It is gone either way.
    }
  }

  @Override
  public void close() {
    kept.values().forEach(ProbeConnections::close);
    kept.clear();
  }
}
