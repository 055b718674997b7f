package dev.terrace.engines.postgresql;

import dev.terrace.core.freshness.LogMark;
import dev.terrace.core.freshness.Lsn;
import dev.terrace.core.freshness.Sighting;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * What every server of a shard is asked in a check, whatever its role: that is in the answer. Which
 * timeline a standby follows only its receiver knows; the control file says it late.
 */
final class ServerQuestion {

  /** The receiver's state where it is not told: for whoever lacks pg_read_all_stats. */
  private static final String HIDDEN = "hidden";

  /**
   * Commits that do not wait are flushed within three rounds of the process that writes the log.
   */
  private static final int FLUSH_ROUNDS = 3;

  static final String SQL =
      """
      SELECT s.standby,
        CASE WHEN s.standby THEN '' ELSE pg_walfile_name(pg_current_wal_lsn()) END,
        CASE WHEN s.standby THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_flush_lsn() END,
        CASE WHEN s.standby THEN NULL ELSE pg_current_wal_insert_lsn() END,
        (SELECT setting::int FROM pg_settings WHERE name = 'wal_writer_delay'),
        coalesce(w.status, CASE WHEN w.pid IS NULL THEN 'none' ELSE 'hidden' END),
        w.received_tli
      FROM (SELECT pg_is_in_recovery() AS standby OFFSET 0) s
      LEFT JOIN pg_stat_wal_receiver w ON s.standby
      """;

  private ServerQuestion() {}

  /** What the answer says of the server's role. */
  static Sighting read(ResultSet row) throws SQLException {
    if (!row.getBoolean(1)) {
      return new Sighting.Primary(flushed(row));
    }
    String receiver = row.getString(6);
    int timeline = row.getInt(7);
    return new Sighting.Standby(
        receiver.equals(HIDDEN) ? Sighting.Standby.STREAMING : receiver,
        timeline > 0 ? OptionalInt.of(timeline) : OptionalInt.empty(),
        lsn(row.getString(3)));
  }

  /**
   * Where a primary's log is by its answer.
   *
   * @param askedNanos the nano clock just before it was asked
   */
  static LogPositions.Sample sample(ResultSet row, long askedNanos) throws SQLException {
    return new LogPositions.Sample(
        askedNanos,
        flushed(row),
        lsn(row.getString(4)).endOfRecord(),
        Duration.ofMillis((long) FLUSH_ROUNDS * row.getInt(5)));
  }

  private static LogMark flushed(ResultSet row) throws SQLException {
    return new LogMark(LogMark.timelineOf(row.getString(2)), lsn(row.getString(3)));
  }

  private static Lsn lsn(@Nullable String text) {
    return text == null ? Lsn.START : Lsn.parse(text);
  }
}
