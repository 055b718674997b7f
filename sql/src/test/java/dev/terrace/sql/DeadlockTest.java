package dev.terrace.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrace.core.signal.Metric;
import dev.terrace.testkit.Await;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Transactions that wait for each other over two shards, of which no server sees the circle. */
final class DeadlockTest {

  @SuppressWarnings("NullAway.Init") // set before all tests
  private static TestFront front;

  /** A note on each shard. */
  private static final List<Long> NOTES = new ArrayList<>();

  @BeforeAll
  static void start() throws Exception {
    front = TestFront.over(TestFront.sharedCluster(), "deadlock-timeout: 200ms");
    try (Connection connection = front.connect()) {
      for (long id = 880_000; NOTES.size() < 2; id++) {
        TestFront.run(
            connection,
            "insert into notes (id, body) values (" + id + ", '') on conflict do nothing");
        if (front.shardsWith("notes", "id = " + id).equals(Integer.toString(NOTES.size()))) {
          NOTES.add(id);
        }
      }
    }
  }

  @AfterAll
  static void stop() {
    front.close();
  }

  @BeforeEach
  void clear() throws SQLException {
    try (Connection connection = front.connect()) {
      TestFront.run(
          connection,
          "update notes set body = '' where id in (" + NOTES.get(0) + ", " + NOTES.get(1) + ")");
    }
  }

  private static int append(Connection connection, long id, String what) throws SQLException {
    return TestFront.run(
        connection, "update notes set body = body || '" + what + "' where id = " + id);
  }

  /** What a statement that waits comes to: "" or its SQLSTATE, after which it is rolled back. */
  private static CompletableFuture<String> later(Connection connection, long id, String what) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            append(connection, id, what);
            connection.commit();
            return "";
          } catch (SQLException e) {
            try {
              connection.rollback();
            } catch (SQLException again) {
              e.addSuppressed(again);
            }
            return e.getSQLState();
          }
        },
        Thread::startVirtualThread);
  }

  @ParameterizedTest
  @ValueSource(strings = {"preferQueryMode=simple", "prepareThreshold=1"})
  void oneOfACircleFailsAndTheOtherGoesOn(String options) throws Exception {
    double before = front.level(Metric.SQL_OVERDUE, "deadlock");
    try (Connection a = front.connect(options);
        Connection b = front.connect(options)) {
      a.setAutoCommit(false);
      b.setAutoCommit(false);
      append(a, NOTES.get(0), "a");
      append(b, NOTES.get(1), "b");
      CompletableFuture<String> first = later(a, NOTES.get(1), "a");
      CompletableFuture<String> second = later(b, NOTES.get(0), "b");
      assertThat(List.of(first.get(20, TimeUnit.SECONDS), second.get(20, TimeUnit.SECONDS)))
          .containsExactlyInAnyOrder("", "40P01");
      String lasting = first.join().isEmpty() ? "a" : "b";
      try (Connection read = front.connect()) {
        for (long id : NOTES) {
          assertThat(
                  TestFront.ask(
                      read, "/* terrace: primary */ select body from notes where id = " + id))
              .isEqualTo(lasting);
        }
      }
    }
    assertThat(front.level(Metric.SQL_OVERDUE, "deadlock")).isEqualTo(before + 1);
  }

  private static boolean oneHasWaited() {
    try {
      String waiting =
          "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and query_start <"
              + " clock_timestamp() - interval '1 s'";
      return TestFront.askServer(front.cluster().primary(0), waiting).equals("1");
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void whoOnlyWaitsIsLeftAlone() throws Exception {
    double before = front.level(Metric.SQL_OVERDUE, "deadlock");
    try (Connection a = front.connect();
        Connection b = front.connect()) {
      a.setAutoCommit(false);
      b.setAutoCommit(false);
      append(a, NOTES.get(0), "a");
      append(a, NOTES.get(1), "a");
      CompletableFuture<String> waits = later(b, NOTES.get(0), "b");
      Await.until("it has waited long enough", Duration.ofSeconds(20), DeadlockTest::oneHasWaited);
      a.commit();
      assertThat(waits.get(20, TimeUnit.SECONDS)).isEmpty();
    }
    assertThat(front.level(Metric.SQL_OVERDUE, "deadlock")).isEqualTo(before);
  }
}
