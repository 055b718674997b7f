package dev.terrace.sql;

import static dev.terrace.sql.ShardedTables.rows;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.terrace.testkit.Seeded;
import java.io.StringReader;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;

/** Keys of several columns, and ranges of moments, against one server that is sent the same. */
final class KeysTest {

  private static final long SEED = 20261128;
  private static final int ROWS = 400;

  @SuppressWarnings("NullAway.Init") // set before all tests
  private static ShardedTables tables;

  @BeforeAll
  static void start() throws Exception {
    tables = ShardedTables.start(SEED, "");
    for (Connection connection : List.of(tables.sharded(""), tables.plain(""))) {
      try (connection;
          Statement statement = connection.createStatement()) {
        fill(connection, statement, Seeded.of(SEED));
      }
    }
  }

  @AfterAll
  static void stop() {
    tables.close();
  }

  /** By INSERT of one row and of many, with parameters, and by COPY. */
  private static void fill(Connection connection, Statement statement, RandomGenerator random)
      throws SQLException {
    StringBuilder pages = new StringBuilder();
    StringBuilder readings = new StringBuilder("insert into readings (sensor, at, value) values ");
    try (PreparedStatement insert =
        connection.prepareStatement("insert into visits (n, id, tenant) values (?, ?, ?)")) {
      for (int i = 0; i < ROWS; i++) {
        int tenant = i % 17;
        insert.setInt(1, random.nextInt(10));
        insert.setLong(2, i);
        insert.setInt(3, tenant);
        insert.executeUpdate();
        if (random.nextBoolean()) {
          pages.append("page ").append(random.nextInt(9)).append(',').append(i).append(',');
          pages.append(tenant).append('\n');
        }
        readings.append(i == 0 ? "" : ", ").append('(').append(random.nextInt(5)).append(", '");
        readings.append(moment(random)).append("', ").append(random.nextInt(100)).append(')');
      }
    }
    statement.execute(readings.toString());
    try {
      PGConnection server = connection.unwrap(PGConnection.class);
      String sql = "copy pages (label, id, tenant) from stdin (format csv)";
      server.getCopyAPI().copyIn(sql, new StringReader(pages.toString()));
    } catch (java.io.IOException e) {
      throw new SQLException(e);
    }
  }

  private static String moment(RandomGenerator random) {
    int hours = random.nextInt(24 * 35);
    return Instant.parse("2025-12-28T00:00:00Z").plusSeconds(hours * 3600L).toString();
  }

  private static String statement(RandomGenerator random) {
    int tenant = random.nextInt(18);
    int id = random.nextInt(ROWS);
    String low = moment(random);
    String high = moment(random);
    return switch (random.nextInt(16)) {
      case 0 -> "select * from visits where tenant = %d and id = %d".formatted(tenant, id);
      case 1 -> "select * from visits where id = %d".formatted(id);
      case 2 -> "select tenant, id, count(*) from pages group by tenant, id";
      case 3 -> "select tenant, count(*), sum(n) from visits group by tenant";
      case 4 ->
          "select v.n, p.label from visits v join pages p using (tenant, id) where id %% 7 = %d"
              .formatted(tenant % 7);
      case 5 ->
          "select v.id, p.label from visits v left join pages p on p.tenant = v.tenant and p.id = v.id where v.id < "
              + id;
      case 6 -> "update visits set n = n + 1 where tenant = %d".formatted(tenant);
      case 7 ->
          "update visits set n = 3 where (tenant, id) in ((%d, %d), (1, 1))".formatted(id % 17, id);
      case 8 ->
          "insert into visits (id, tenant, n) values (%d, %d, 1), (%d, 3, 4) on conflict (tenant, id) do update set n = excluded.n, tenant = excluded.tenant"
              .formatted(id, id % 17, id + 1);
      case 9 -> "delete from pages where tenant = %d and id = %d".formatted(id % 17, id);
      case 10 -> "select * from readings where at = '%s'".formatted(low);
      case 11 -> "select * from readings where at >= '%s' and at < '%s'".formatted(low, high);
      case 12 ->
          "select sensor, max(value) from readings where at between '%s' and '%s' group by sensor"
              .formatted(low, high);
      case 13 -> "select count(*) from readings where '%s' < at".formatted(low);
      case 14 ->
          "update readings set value = value + 1 where at <= timestamptz '%s'".formatted(low);
      default ->
          "select distinct tenant, id from pages where tenant in (%d, 2, 3)".formatted(tenant);
    };
  }

  @Test
  void statementsSayWhatOneServerSays() throws Exception {
    try (Connection sharded = tables.sharded("");
        Connection plain = tables.plain("")) {
      Seeded.rounds(
          31,
          300,
          random -> {
            String sql = statement(random);
            try {
              assertThat(rows(sharded, sql)).as(sql).isEqualTo(rows(plain, sql));
            } catch (SQLException e) {
              throw new AssertionError(sql, e);
            }
          });
    }
  }

  @Test
  void momentsAreBoundAsDriversSendThem() throws Exception {
    String sql = "select * from readings where at >= ? and at < ?";
    Timestamp from = Timestamp.from(Instant.parse("2026-01-11T12:00:00Z"));
    Timestamp to = Timestamp.from(Instant.parse("2026-01-21T00:00:00Z"));
    for (String options : List.of("", "prepareThreshold=-1&binaryTransfer=true")) {
      try (Connection sharded = tables.sharded(options);
          Connection plain = tables.plain("")) {
        assertThat(rows(sharded, sql, from, to)).isNotEmpty().isEqualTo(rows(plain, sql, from, to));
      }
    }
  }

  @Test
  void aMomentWithoutATimeZoneIsNotInsertedOnAGuess() throws Exception {
    try (Connection sharded = tables.sharded("")) {
      assertThatThrownBy(() ->
              rows(sharded, "insert into readings (at, value) values ('2026-01-01 10:00', 1)"))
          .isInstanceOf(SQLException.class)
          .hasMessageContaining("could not be read as timestamptz");
    }
  }
}
