package dev.terrace.engines.postgresql;

import dev.terrace.core.pool.Address;
import dev.terrace.engine.EngineFailure;
import dev.terrace.engine.EngineFailure.Kind;
import dev.terrace.engine.StoreSettings;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** Steps of an operator's work on a store's servers, each on a connection of its own. */
final class Steps {

  /** What servers call these connections. */
  static final String NAME = "terrace operator";

  private static final long AGAIN_NANOS = Duration.ofMillis(2).toNanos();

  private final Login login;

  Steps(StoreSettings settings) {
    this.login = new Login(settings, NAME);
  }

  /** Work with one connection. */
  interface Work<T> {
    T with(Connection connection) throws SQLException, EngineFailure;
  }

  StoreSettings settings() {
    return login.settings();
  }

  /**
   * Does one, within the settings' timeout.
   *
   * @param step what it is, for the message if it fails
   * @param right what the user needs for it, besides being superuser
   */
  <T> T on(Address server, String step, String right, Work<T> work) throws EngineFailure {
    return on(server, step, right, settings().timeout(), work);
  }

  /** Does one, each of whose statements may take that long. */
  <T> T on(Address server, String step, String right, Duration timeout, Work<T> work)
      throws EngineFailure {
    try (Connection connection = open(server, timeout)) {
      return work.with(connection);
    } catch (SQLException e) {
      throw failure(server, step, right, e);
    }
  }

  /** A connection for longer work. */
  Connection open(Address server, Duration timeout) throws EngineFailure {
    try {
      return login.connect(server, settings().connectTimeout(), timeout);
    } catch (SQLException e) {
      throw Failures.connecting(server, e);
    }
  }

  /** What the failure of a step is to its caller. */
  EngineFailure failure(Address server, String step, String right, SQLException e) {
    boolean denied = "42501".equals(e.getSQLState());
    return new EngineFailure(
        denied ? Kind.REJECTED : Kind.UNREACHABLE,
        step
            + " on "
            + server
            + " failed: "
            + Failures.serverMessage(e)
            + (denied ? "; user " + settings().user() + " needs to be superuser, or " + right : ""),
        e);
  }

  static void run(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** The first value of the answer as text; "" if there is none, "null" if it is null. */
  static String ask(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      return rows.next() ? String.valueOf(rows.getString(1)) : "";
    }
  }

  /** Asks until the answer is true, or the time has passed; whether it is. */
  static boolean await(Connection connection, String sql, Duration patience) throws SQLException {
    long end = System.nanoTime() + patience.toNanos();
    while (!ask(connection, sql).equals("t")) {
      if (System.nanoTime() - end >= 0 || Thread.currentThread().isInterrupted()) {
        return false;
      }
      LockSupport.parkNanos(AGAIN_NANOS);
    }
    return true;
  }

  /** All rows of the answer, their values as text, null as "". */
  static List<List<String>> rows(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      List<List<String>> all = new ArrayList<>();
      while (rows.next()) {
        List<String> row = new ArrayList<>();
        for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
          String value = rows.getString(i);
          row.add(value == null ? "" : value);
        }
        all.add(row);
      }
      return all;
    }
  }
}
