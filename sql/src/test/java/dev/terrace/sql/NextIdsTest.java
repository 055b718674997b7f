package dev.terrace.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.terrace.sandbox.PostgresCluster;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** {@code terrace.next_id()} through drivers, from two processes' worth of fronts. */
final class NextIdsTest {

  @SuppressWarnings("NullAway.Init") // set before all tests
  private static PostgresCluster cluster;

  @SuppressWarnings("NullAway.Init") // set before all tests
  private static TestFront front;

  @SuppressWarnings("NullAway.Init") // set before all tests
  private static TestFront other;

  @BeforeAll
  static void start() throws Exception {
    cluster = TestFront.sharedCluster();
    front = TestFront.over(cluster, "");
    other = TestFront.over(cluster, "");
  }

  @AfterAll
  static void stop() {
    other.close();
    front.close();
  }

  private static List<Long> longs(ResultSet rows) throws SQLException {
    List<Long> all = new ArrayList<>();
    while (rows.next()) {
      all.add(rows.getLong(1));
    }
    return all;
  }

  @Test
  void rowsAreInsertedByNumbersOfTerraces() throws Exception {
    String sql =
        "insert into notes (id, body) values (terrace.next_id(), 'next'), (terrace.next_id(),"
            + " 'next') returning id";
    for (String mode : List.of("simple", "extended")) {
      try (Connection connection = front.connect("preferQueryMode=" + mode);
          Statement statement = connection.createStatement()) {
        for (int i = 0; i < 10; i++) {
          List<Long> ids = longs(statement.executeQuery(sql));
          assertThat(ids).hasSize(2).doesNotHaveDuplicates();
          for (long id : ids) {
            // It is found by its key, so it is on the shard of its key.
            String found = "select body from notes where id = " + id;
            assertThat(TestFront.ask(connection, found)).isEqualTo("next");
          }
        }
      }
    }
  }

  @Test
  void aPreparedStatementGetsAnotherNumberEachTime() throws Exception {
    try (Connection connection = front.connect("prepareThreshold=2");
        PreparedStatement insert =
            connection.prepareStatement(
                "insert into notes (id, body) values (terrace.next_id(), ?) returning id, body")) {
      assertThat(insert.getParameterMetaData().getParameterCount()).isEqualTo(1);
      long last = 0;
      for (int i = 0; i < 20; i++) {
        insert.setString(1, "n" + i);
        try (ResultSet rows = insert.executeQuery()) {
          rows.next();
          assertThat(rows.getLong(1)).isGreaterThan(last);
          assertThat(rows.getString(2)).isEqualTo("n" + i);
          last = rows.getLong(1);
        }
      }
    }
  }

  @Test
  void aSelectHasTheColumnThatAFunctionWouldGive() throws Exception {
    try (Connection connection = front.connect();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("select terrace.next_id(), terrace.next_id() b")) {
      rows.next();
      assertThat(rows.getLong("b")).isEqualTo(rows.getLong("next_id") + 1);
      assertThat(rows.getMetaData().getColumnTypeName(1)).isEqualTo("int8");
    }
  }

  @Test
  void severalProcessesNeverGiveTheSame() throws Exception {
    Set<Long> all = ConcurrentHashMap.newKeySet();
    List<Thread> threads = new ArrayList<>();
    List<Throwable> failures = new ArrayList<>();
    for (TestFront one : List.of(front, other, front, other)) {
      threads.add(
          Thread.ofVirtual()
              .start(() -> {
                try (Connection connection = one.connect();
                    Statement statement = connection.createStatement()) {
                  for (int i = 0; i < 300; i++) {
                    all.addAll(longs(statement.executeQuery("select terrace.next_id()")));
                  }
                } catch (SQLException e) {
                  synchronized (failures) {
                    failures.add(e);
                  }
                }
              }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(failures).isEmpty();
    assertThat(all).hasSize(1200);
    assertThat(all.stream().map(id -> id >> 12 & 1023).distinct()).hasSize(2);
  }

  @Test
  void whatCannotBeRightIsRefusedWithARemedy() throws Exception {
    try (Connection connection = front.connect();
        Statement statement = connection.createStatement()) {
      assertThatThrownBy(() ->
              statement.execute(
                  "insert into notes (id, body) select terrace.next_id(), body from notes"))
          .isInstanceOf(SQLException.class)
          .hasMessageContaining("terrace.next_id() can stand in the rows of an INSERT's VALUES")
          .hasMessageContaining("Ask for the numbers first");
    }
  }
}
