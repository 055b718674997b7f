package dev.terrace.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrace.testkit.Seeded;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Random statements asked of shards and of one server with the same rows: both must answer the
 * same, or the shards refuse with 0A000, which must be rare. {@code -Dterrace.statements=N} asks
 * more of them.
 */
final class DifferentialTest {

  private static final long SEED = 20261128;
  private static final int STATEMENTS = Integer.getInteger("terrace.statements", 1500);

  /** How drivers may be set: by which protocol they speak and in which form they take values. */
  private static final List<String> OPTIONS =
      List.of(
          "preferQueryMode=simple",
          "prepareThreshold=0",
          "prepareThreshold=-1",
          "prepareThreshold=1");

  @SuppressWarnings("NullAway.Init") // set before all tests
  private static ShardedTables tables;

  /** What came of a statement: rows, or the code of an error. */
  private record Outcome(List<List<String>> rows, String error, String message) {}

  @BeforeAll
  static void start() throws Exception {
    tables = ShardedTables.start(SEED, "");
  }

  @AfterAll
  static void stop() {
    tables.close();
  }

  @Test
  void shardsAnswerAsOneServerDoes() throws Exception {
    Map<String, int[]> counts = new TreeMap<>();
    List<Connection> sharded = new ArrayList<>();
    List<Connection> plain = new ArrayList<>();
    try {
      for (String options : OPTIONS) {
        sharded.add(tables.sharded(options));
        plain.add(tables.plain(options));
      }
      Seeded.rounds(
          SEED,
          STATEMENTS,
          random -> {
            Asked asked = new RandomStatements(random).next();
            int way = random.nextInt(OPTIONS.size());
            int fetch = random.nextInt(3) == 0 ? 1 + random.nextInt(20) : 0;
            boolean fetches = fetch > 0 && way > 0 && !asked.kind().equals("write");
            Outcome one = ask(plain.get(way), asked, 0);
            Outcome many = ask(sharded.get(way), asked, fetches ? fetch : 0);
            int[] count = counts.computeIfAbsent(asked.kind(), k -> new int[2]);
            count[0]++;
            if (many.error.equals("0A000") && !one.error.equals("0A000")) {
              count[1]++;
              if (Boolean.getBoolean("terrace.refusals")) {
                System.out.println("REFUSED " + asked + ": " + many.message);
              }
            } else {
              compare(asked, OPTIONS.get(way) + " fetch " + fetch, one, many);
            }
          });
    } finally {
      for (Connection connection : sharded) {
        connection.close();
      }
      for (Connection connection : plain) {
        connection.close();
      }
    }
    report(counts);
  }

  private static void report(Map<String, int[]> counts) {
    StringBuilder text = new StringBuilder("refused with 0A000:");
    counts.forEach((kind, count) ->
        text.append(' ').append(kind).append(' ').append(count[1]).append('/').append(count[0]));
    System.out.println(text);
    if (STATEMENTS >= 1000) {
      counts.forEach(
          (kind, count) -> assertThat(count[1]).as(kind).isLessThanOrEqualTo(count[0] / 20));
    }
  }

  private static Outcome ask(Connection connection, Asked asked, int fetch) throws SQLException {
    connection.setAutoCommit(fetch == 0);
    try (PreparedStatement statement = connection.prepareStatement(asked.sql())) {
      for (int i = 0; i < asked.parameters().size(); i++) {
        statement.setObject(i + 1, asked.parameters().get(i));
      }
      statement.setFetchSize(fetch);
      List<List<String>> rows = new ArrayList<>();
      if (statement.execute()) {
        try (ResultSet result = statement.getResultSet()) {
          while (result.next()) {
            rows.add(row(result, asked.floats()));
          }
        }
      } else {
        rows.add(List.of("updated " + statement.getUpdateCount()));
      }
      return new Outcome(rows, "", "");
    } catch (SQLException e) {
      assertThat(connection.isClosed()).as("%s fetch %s: %s", asked, fetch, e).isFalse();
      return new Outcome(
          List.of(), String.valueOf(e.getSQLState()), String.valueOf(e.getMessage()));
    } finally {
      if (fetch > 0 && !connection.isClosed()) {
        connection.rollback();
        connection.setAutoCommit(true);
      }
    }
  }

  private static List<String> row(ResultSet result, List<Integer> floats) throws SQLException {
    List<String> row = new ArrayList<>();
    int columns = result.getMetaData().getColumnCount();
    for (int i = 1; i <= columns; i++) {
      String value;
      if (floats.contains(i - 1)) {
        double number = result.getDouble(i);
        value = result.wasNull() ? "null" : String.format("%.4g", number);
      } else if (result.getMetaData().getColumnTypeName(i).startsWith("_")) {
        Array array = result.getArray(i);
        value = array == null ? "null" : array.toString();
      } else {
        value = String.valueOf(result.getString(i));
      }
      row.add(result.getMetaData().getColumnTypeName(i) + ":" + value);
    }
    return row;
  }

  private static void compare(Asked asked, String way, Outcome one, Outcome many) {
    String what = way + ": " + asked + " " + many.message;
    assertThat(many.error).as(what).isEqualTo(one.error);
    if (asked.total()) {
      assertThat(many.rows).as(what).isEqualTo(one.rows);
      return;
    }
    assertThat(project(many, asked)).as(what).isEqualTo(project(one, asked));
    if (asked.limited()) {
      assertThat(many.rows).as(what).hasSameSizeAs(one.rows);
    } else {
      assertThat(many.rows).as(what).containsExactlyInAnyOrderElementsOf(one.rows);
    }
  }

  /** The columns that a statement is ordered by, in their order. */
  private static List<List<String>> project(Outcome outcome, Asked asked) {
    Set<Integer> columns = new HashSet<>(asked.orderedBy());
    return outcome.rows.stream().map(row -> columns.stream().map(row::get).toList()).toList();
  }
}
