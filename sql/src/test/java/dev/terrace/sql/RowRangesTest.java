package dev.terrace.sql;

import static dev.terrace.sql.ShardedTables.rows;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.terrace.testkit.Seeded;
import java.io.IOException;
import java.io.StringReader;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;

/** Ranges of several columns, against one server that is sent the same. */
final class RowRangesTest {

  private static final long SEED = 20261130;
  private static final int ROWS = 400;
  private static final List<String> LANDS = List.of("at", "ch", "de", "fr", "Ähre", "", "d e");

  private static final ShardedTables.More TABLES =
      new ShardedTables.More(
          """
          create table trips (land text, k numeric, n int);
          create table spans (a int, b int, n int, primary key (a, b));
          """,
          """
            trips:
              store: shop
              shard:
                range: "land text, k numeric"
                splits: [ch, "d e", "de, -1.50", "de, 100"]
                shards: [0, 1, 2, 1, 0]
            spans:
              store: shop
              shard: {range: "a, b", splits: ["3, 5", "4", "7, 0"], shards: [2, 0, 1, 2]}
          """);

  @SuppressWarnings("NullAway.Init") // set before all tests
  private static ShardedTables tables;

  @BeforeAll
  static void start() throws Exception {
    tables =
        ShardedTables.start(
            SEED, "", "coordinator: {database: shop_all, every: 200ms, patience: 20s}", TABLES);
    for (Connection connection : List.of(tables.sharded(""), tables.plain(""))) {
      try (connection) {
        fill(connection, Seeded.of(SEED));
      }
    }
  }

  @AfterAll
  static void stop() {
    tables.close();
  }

  private static String number(Seeded random) {
    return List.of("-2", "-1.5", "-1.49", "0", "7.25", "99.99", "100", "100.0", "1e3", "'NaN'")
        .get(random.nextInt(10));
  }

  private static String land(Seeded random) {
    return LANDS.get(random.nextInt(LANDS.size()));
  }

  /** By INSERT of many rows, with parameters, and by COPY. */
  private static void fill(Connection connection, Seeded random) throws SQLException, IOException {
    StringBuilder trips = new StringBuilder();
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < ROWS; i++) {
      String row = "('%s', %s, %d)".formatted(land(random), number(random), i);
      trips.append(i == 0 ? "" : ", ").append(row);
      lines.append(
          1000 + i + "," + number(random).replace("'", "") + ",\"" + land(random) + "\"\n");
    }
    rows(connection, "insert into trips (land, k, n) values " + trips);
    connection
        .unwrap(PGConnection.class)
        .getCopyAPI()
        .copyIn(
            "copy trips (n, k, land) from stdin (format csv)", new StringReader(lines.toString()));
    String sql = "insert into spans (n, b, a) values (?, ?, ?)";
    try (PreparedStatement insert = connection.prepareStatement(sql)) {
      for (int a = 0; a < 10; a++) {
        for (int b = -3; b < 9; b++) {
          insert.setInt(1, a * b);
          insert.setInt(2, b);
          insert.setInt(3, a);
          insert.executeUpdate();
        }
      }
    }
  }

  private static String statement(Seeded random) {
    String land = land(random);
    String k = number(random);
    int a = random.nextInt(10);
    int b = random.nextInt(-3, 9);
    return switch (random.nextInt(14)) {
      case 0 -> "select * from trips where land = '%s' and k = %s".formatted(land, k);
      case 1 -> "select * from trips where land = '%s'".formatted(land);
      case 2 -> "select * from trips where land in ('%s', 'de') and k >= %s".formatted(land, k);
      case 3 -> "select count(*) from trips where k between -1 and %s".formatted(k);
      case 4 -> "select land, count(*) from trips where land >= '%s' group by land".formatted(land);
      case 5 -> "update trips set n = n + 1000 where land = '%s' and k < %s".formatted(land, k);
      case 6 ->
          "select count(*) from trips x join trips y using (land, k) where land = '%s'"
              .formatted(land);
      case 7 -> "select * from spans where a = %d and b > %d".formatted(a, b);
      case 8 -> "select * from spans where a between %d and %d".formatted(a - 3, a);
      case 9 -> "select sum(n) from spans where (a, b) = (%d, %d)".formatted(a, b);
      case 10 -> "select * from spans where a > %d and b = %d".formatted(a, b);
      case 11 ->
          "update spans set n = n + 1, a = %d, b = %d where a = %d and b = %d"
              .formatted(a, b, a, b);
      case 12 ->
          "insert into spans (a, b, n) values (%d, %d, 1), (3, 20, 2), (2, 20, 3) on conflict (a, b) do update set n = excluded.n"
              .formatted(a, b);
      default -> "delete from spans where a = %d and b <= %d".formatted(a, b);
    };
  }

  @Test
  void statementsSayWhatOneServerSays() throws Exception {
    try (Connection sharded = tables.sharded("");
        Connection plain = tables.plain("")) {
      Seeded.rounds(
          61,
          300,
          random -> {
            String sql = statement(random);
            assertThat(rows(sharded, sql)).as(sql).isEqualTo(rows(plain, sql));
          });
      String bound = "select * from trips where land = ? and k >= ?";
      assertThat(rows(sharded, bound, "de", new BigDecimal("100.00")))
          .isNotEmpty()
          .isEqualTo(rows(plain, bound, "de", new BigDecimal("100.00")));
    }
  }

  /** Its partitions are PostgreSQL's own ranges of both columns. */
  @Test
  void theCoordinatorHasTheSameRows() throws Exception {
    String sql =
        "select x.a, x.b, y.a, y.b from spans x join spans y on y.b = x.b + 5 where x.a = %d";
    try (Connection sharded = tables.sharded("");
        Connection plain = tables.plain("")) {
      for (int a = 0; a < 10; a++) {
        assertThat(rows(sharded, sql.formatted(a))).isEqualTo(rows(plain, sql.formatted(a)));
      }
    }
  }

  @Test
  void eachShardHasItsRanges() throws Exception {
    for (int shard = 0; shard < 3; shard++) {
      try (Connection server = tables.cluster().primary(shard).connect();
          Statement statement = server.createStatement();
          ResultSet lands = statement.executeQuery("select distinct land from trips order by 1")) {
        List<String> found = new ArrayList<>();
        while (lands.next()) {
          found.add(lands.getString(1));
        }
        assertThat(found).as("shard " + shard).doesNotContain(shard == 0 ? "ch" : "at");
      }
    }
    try (Connection sharded = tables.sharded("")) {
      assertThatThrownBy(() -> rows(sharded, "insert into spans (a, b, n) values (1, null, 1)"))
          .isInstanceOf(SQLException.class)
          .hasMessageContaining("the sharding key a, b of spans must not be null");
    }
  }
}
