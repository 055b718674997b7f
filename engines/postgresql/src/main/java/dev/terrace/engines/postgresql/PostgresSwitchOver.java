package dev.terrace.engines.postgresql;

import dev.terrace.core.freshness.LogMark;
import dev.terrace.core.freshness.Lsn;
import dev.terrace.core.pool.Address;
import dev.terrace.engine.EngineFailure;
import dev.terrace.engine.EngineFailure.Kind;
import dev.terrace.engine.StoreSettings;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * The steps by which a shard's primary becomes another server, each a few statements to one server;
 * they block. In which order they are taken, and what follows if one fails, is the caller's.
 */
public final class PostgresSwitchOver {

  private static final long AGAIN_NANOS = 20_000_000;

  private static final String END_CLIENTS =
      "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
          + " WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
          + " AND backend_start < ?::timestamptz";

  private final Steps steps;

  /**
   * Of a store's servers.
   *
   * @param settings with a timeout for the slowest step, the promotion
   */
  public PostgresSwitchOver(StoreSettings settings) {
    this.steps = new Steps(settings);
  }

  /**
   * Makes a primary take no more writes, of anybody: sessions begin read only from now on, and
   * those that there were are ended.
   *
   * @return up to where everything lies that was ever written there
   */
  public LogMark fence(Address primary) throws EngineFailure {
    String right =
        "GRANT ALTER SYSTEM ON PARAMETER default_transaction_read_only, pg_signal_backend and EXECUTE"
            + " of pg_reload_conf()";
    steps.on(
        primary,
        "making it read only",
        right,
        connection -> {
          Steps.run(connection, "ALTER SYSTEM SET default_transaction_read_only = on");
          Steps.run(connection, "SELECT pg_reload_conf()");
          return true;
        });
    long deadline = System.nanoTime() + steps.settings().timeout().toNanos();
    while (System.nanoTime() - deadline < 0) {
      // Each time a new session: it has what all that come after it will have.
      LogMark end = steps.on(primary, "ending its sessions", right, c -> ended(c, deadline));
      if (end.lsn().compareTo(Lsn.START) > 0) {
        return end;
      }
      LockSupport.parkNanos(AGAIN_NANOS);
    }
    throw new EngineFailure(Kind.TIMEOUT, primary + " did not become read only in time");
  }

  /** The end of the log once no older session is left; the start of it if it is too early. */
  private static LogMark ended(Connection connection, long deadline) throws SQLException {
    LogMark early = new LogMark(1, Lsn.START);
    if (!Steps.ask(connection, "SHOW default_transaction_read_only").equals("on")) {
      return early;
    }
    String now = Steps.ask(connection, "SELECT clock_timestamp()");
    try (PreparedStatement end = connection.prepareStatement(END_CLIENTS)) {
      end.setString(1, now);
      while (count(end) > 0) {
        if (System.nanoTime() - deadline >= 0) {
          return early;
        }
        LockSupport.parkNanos(AGAIN_NANOS);
      }
    }
    // A commit of its own, so that what others wrote without waiting is flushed with it.
    Steps.run(connection, "SET default_transaction_read_only = off");
    Steps.ask(connection, "SELECT pg_logical_emit_message(true, 'terrace', 'switch-over')");
    String file = Steps.ask(connection, "SELECT pg_walfile_name(pg_current_wal_lsn())");
    return new LogMark(
        LogMark.timelineOf(file),
        Lsn.parse(Steps.ask(connection, "SELECT pg_current_wal_flush_lsn()")));
  }

  private static long count(PreparedStatement statement) throws SQLException {
    try (ResultSet rows = statement.executeQuery()) {
      return rows.next() ? rows.getLong(1) : 0;
    }
  }

  /** Takes {@link #fence} back. */
  public void unfence(Address server) throws EngineFailure {
    steps.on(
        server,
        "letting it take writes again",
        "GRANT ALTER SYSTEM ON PARAMETER default_transaction_read_only",
        connection -> {
          unfence(connection);
          return true;
        });
  }

  private static void unfence(Connection connection) throws SQLException {
    Steps.run(connection, "ALTER SYSTEM RESET default_transaction_read_only");
    Steps.run(connection, "SELECT pg_reload_conf()");
  }

  /** How far a standby has replayed its primary's log. */
  public Lsn replayed(Address standby) throws EngineFailure {
    return steps.on(
        standby,
        "asking how far it is",
        "nothing",
        connection ->
            Lsn.parse(Steps.ask(connection, "SELECT coalesce(pg_last_wal_replay_lsn(), '0/0')")));
  }

  /** Makes a standby the primary, which it is when this returns. */
  public void promote(Address standby, Duration timeout) throws EngineFailure {
    steps.on(
        standby,
        "promoting it",
        "GRANT EXECUTE ON FUNCTION pg_promote(boolean, integer)",
        connection -> {
          // It may have been fenced itself when it was a primary before.
          boolean fenced = Steps.ask(connection, "SHOW default_transaction_read_only").equals("on");
          String done =
              Steps.ask(
                  connection, "SELECT pg_promote(true, " + Math.max(1, timeout.toSeconds()) + ")");
          if (!done.equals("t")) {
            throw new EngineFailure(
                Kind.TIMEOUT, standby + " was not promoted within " + timeout.toSeconds() + " s");
          }
          if (fenced) {
            unfence(connection);
          }
          return true;
        });
  }

  /** Has a standby follow another primary, as it followed the one before. */
  public void repoint(Address standby, Address primary) throws EngineFailure {
    String slot =
        steps.on(
            standby,
            "pointing it to " + primary,
            "pg_read_all_settings and GRANT ALTER SYSTEM ON PARAMETER primary_conninfo",
            connection -> {
              ConnectionInfo now;
              try {
                now =
                    ConnectionInfo.parse(
                        Steps.ask(connection, "SELECT current_setting('primary_conninfo')"));
              } catch (IllegalArgumentException e) {
                throw new EngineFailure(
                    Kind.REJECTED, "the primary_conninfo of " + standby + ": " + e.getMessage(), e);
              }
              Steps.run(
                  connection,
                  "ALTER SYSTEM SET primary_conninfo = '"
                      + now.to(primary).toString().replace("'", "''")
                      + "'");
              Steps.run(connection, "SELECT pg_reload_conf()");
              return Steps.ask(connection, "SELECT current_setting('primary_slot_name')");
            });
    if (!slot.isEmpty()) {
      steps.on(
          primary,
          "making the replication slot " + slot,
          "the attribute REPLICATION",
          connection -> makeSlot(connection, slot));
    }
  }

  private static boolean makeSlot(Connection connection, String slot) throws SQLException {
    try (PreparedStatement make =
        connection.prepareStatement(
            "SELECT pg_create_physical_replication_slot(s::name) FROM (SELECT ?::text AS s) given"
                + " WHERE NOT EXISTS (SELECT 1 FROM pg_replication_slots WHERE slot_name = s)")) {
      make.setString(1, slot);
      return make.execute();
    }
  }
}
