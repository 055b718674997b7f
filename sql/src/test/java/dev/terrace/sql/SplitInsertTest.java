package dev.terrace.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrace.testkit.Seeded;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** INSERT with rows of several shards, against one server that is sent the same. */
final class SplitInsertTest {

  private static final long SEED = 20261129;
  private static final int STATEMENTS = 300;
  private static final List<String> OPTIONS =
      List.of(
          "preferQueryMode=simple",
          "prepareThreshold=0",
          "prepareThreshold=1&stringtype=unspecified",
          "prepareThreshold=-1");
  private static final List<String> TEXTS =
      List.of("plain", "it's", "a \\ b", "日本", "(1, 2), (3", "tab\there", "", "E'x'", "--", "ß;");
  private static final String CONFLICT =
      " on conflict (customer_id, id) do update set status = excluded.status || '+', qty = 7";

  @SuppressWarnings("NullAway.Init") // set before all tests
  private static ShardedTables tables;

  @BeforeAll
  static void start() throws Exception {
    tables = ShardedTables.start(SEED, "");
  }

  @AfterAll
  static void stop() {
    tables.close();
  }

  private record Insert(String sql, List<@Nullable Object> parameters) {}

  /** The text of one random INSERT and its parameters. */
  private static Insert insert(RandomGenerator random, int first) {
    List<@Nullable Object> parameters = new ArrayList<>();
    List<String> rows = new ArrayList<>();
    int count = 2 + random.nextInt(9);
    for (int i = 0; i < count; i++) {
      // One in some is there already.
      int id = random.nextInt(6) == 0 ? Math.max(1000, first - 5) : first + i;
      rows.add(
          String.join(
              random.nextBoolean() ? ", " : "\n , ",
              "(" + value(random, id, parameters),
              value(random, status(random), parameters),
              value(random, random.nextInt(9), parameters),
              random.nextInt(5) == 0
                  ? "default"
                  : value(random, new BigDecimal(random.nextInt(99)), parameters),
              value(random, (long) (id % 97), parameters) + ")"));
    }
    String tail =
        switch (random.nextInt(4)) {
          case 0 -> CONFLICT;
          case 1 -> " on conflict do nothing";
          case 2 -> CONFLICT + " returning id, status as \"St\", qty + 1";
          default -> " returning *";
        };
    return new Insert(
        "insert into purchases (id, status, qty, amount, customer_id) values /* (1), (2) */ "
            + String.join(", ", rows)
            + tail,
        parameters);
  }

  private static @Nullable String status(RandomGenerator random) {
    return random.nextInt(6) == 0 ? null : TEXTS.get(random.nextInt(TEXTS.size()));
  }

  private static String value(
      RandomGenerator random, @Nullable Object value, List<@Nullable Object> parameters) {
    if (random.nextInt(3) == 0) {
      parameters.add(value);
      return "?";
    }
    if (!(value instanceof String text)) {
      return String.valueOf(value);
    }
    return random.nextBoolean()
        ? "'" + text.replace("'", "''") + "'"
        : "E'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
  }

  private static String outcome(Connection connection, Insert insert) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(insert.sql())) {
      for (int i = 0; i < insert.parameters().size(); i++) {
        statement.setObject(i + 1, insert.parameters().get(i));
      }
      return statement.execute()
          ? rows(statement.getResultSet())
          : "count " + statement.getUpdateCount();
    } catch (SQLException e) {
      return "error " + e.getSQLState();
    }
  }

  private static String rows(ResultSet result) throws SQLException {
    List<String> rows = new ArrayList<>();
    while (result.next()) {
      StringBuilder row = new StringBuilder();
      for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
        row.append(result.getMetaData().getColumnName(i)).append('=').append(result.getString(i));
        row.append('|');
      }
      rows.add(row.toString());
    }
    return rows.stream().sorted().toList().toString();
  }

  private static String all(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      return rows(statement.executeQuery("select * from purchases where id >= 1000"));
    }
  }

  @Test
  void shardsTakeRowsAsOneServerDoes() throws Exception {
    int[] first = {1000};
    for (String options : OPTIONS) {
      try (Connection sharded = tables.sharded(options);
          Connection plain = tables.plain(options)) {
        int[] errors = {0};
        Seeded.rounds(
            SEED,
            STATEMENTS / OPTIONS.size(),
            random -> {
              Insert insert = insert(random, first[0]);
              first[0] += 10;
              String one = outcome(plain, insert);
              errors[0] += one.startsWith("error") ? 1 : 0;
              assertThat(outcome(sharded, insert))
                  .as(options + ": " + insert.sql() + insert.parameters())
                  .isEqualTo(one);
            });
        assertThat(errors[0]).isLessThan(STATEMENTS / OPTIONS.size());
        assertThat(all(sharded)).isEqualTo(all(plain));
      }
    }
  }

  @Test
  void aPartIsRefusedWhereTheWholeIs() throws Exception {
    String sql =
        "insert into purchases (id, customer_id, qty) values (900, 1, generate_series(1, 2)),"
            + " (901, 2, 1), (902, 3, 1), (903, 4, 1), (904, 5, 1)";
    try (Connection sharded = tables.sharded("");
        Connection plain = tables.plain("")) {
      Insert insert = new Insert(sql, List.of());
      assertThat(outcome(plain, insert)).isEqualTo("error 0A000");
      assertThat(outcome(sharded, insert)).isEqualTo("error 0A000");
    }
  }
}
