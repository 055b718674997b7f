package dev.terrace.engines.postgresql;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** Terrace's own table of how far logs have been applied to a server's tables. */
final class AppliedLogs {

  static final String TABLE = "terrace.applied_logs";

  /** Whoever creates the table holds this lock, as IF NOT EXISTS alone may fail side by side. */
  private static final long CREATE_LOCK = 0x7465727261636531L;

  private static final String ADVANCE =
      """
      INSERT INTO terrace.applied_logs AS l (log, position) VALUES (?, ?)
      ON CONFLICT (log) DO UPDATE SET position = excluded.position, at = now()
      WHERE l.position < excluded.position\
      """;

  /** Waits for whoever is just committing, so that what is read is the last word. */
  private static final String LOCKED =
      """
      INSERT INTO terrace.applied_logs AS l (log, position) VALUES (?, 0)
      ON CONFLICT (log) DO UPDATE SET position = l.position RETURNING position\
      """;

  private AppliedLogs() {}

  /** Whether there is no such table yet. */
  static boolean isMissing(SQLException e) {
    return "42P01".equals(e.getSQLState()) && String.valueOf(e.getMessage()).contains(TABLE);
  }

  static void create(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("SELECT pg_advisory_xact_lock(" + CREATE_LOCK + ")");
      statement.execute("CREATE SCHEMA IF NOT EXISTS terrace");
      statement.execute(
          "CREATE TABLE IF NOT EXISTS terrace.applied_logs (log text PRIMARY KEY,"
              + " position bigint NOT NULL, at timestamptz NOT NULL DEFAULT now())");
    }
  }

  /** Notes that a log was applied up to there; false if it was before. */
  static boolean advance(Connection connection, String log, long upTo) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(ADVANCE)) {
      statement.setString(1, log);
      statement.setLong(2, upTo);
      return statement.executeUpdate() > 0;
    }
  }

  /** How far a log was applied; 0 if it never was. */
  static long position(Connection connection, String log) throws SQLException {
    try (PreparedStatement there =
            connection.prepareStatement("SELECT to_regclass('terrace.applied_logs') IS NOT NULL");
        ResultSet answer = there.executeQuery()) {
      if (!answer.next() || !answer.getBoolean(1)) {
        return 0;
      }
    }
    try (PreparedStatement statement = connection.prepareStatement(LOCKED)) {
      statement.setString(1, log);
      try (ResultSet rows = statement.executeQuery()) {
        return rows.next() ? rows.getLong(1) : 0;
      }
    }
  }
}
