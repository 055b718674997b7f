package dev.terrace.sql;

import static dev.terrace.sql.TestFront.ask;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.terrace.core.signal.Metric;
import dev.terrace.testkit.Await;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What Terrace keeps for the sessions of one user has a bound, and is given back. */
final class UserMemoryTest extends FrontTest {

  private static final String PREPARES = "prepareThreshold=1&assumeMinServerVersion=18";

  @BeforeAll
  static void start() throws Exception {
    front =
        TestFront.over(
            TestFront.sharedCluster(),
            "users: {ann: {password: a, max-memory: 64KB}, bob: {password: b}}, user-memory: 1MB");
  }

  private static void isExhausted(org.assertj.core.api.ThrowableAssert.ThrowingCallable asking) {
    assertThatThrownBy(asking)
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("53200"))
        .hasMessageContaining("max-memory");
  }

  private static double kept(String user) {
    return front.level(Metric.SQL_USER_MEMORY, user);
  }

  private static String filler(int number) {
    return "select '" + "x".repeat(7900) + "', " + number;
  }

  @Test
  void preparedStatementsOfAllSessionsCount() throws Exception {
    try (Connection one = front.connect("ann", "a", PREPARES);
        Connection two = front.connect("ann", "a", PREPARES);
        Connection other = front.connect("bob", "b", PREPARES)) {
      List<PreparedStatement> statements = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        PreparedStatement next = (i % 2 == 0 ? one : two).prepareStatement(filler(i));
        next.executeQuery().close();
        statements.add(next);
      }
      isExhausted(() -> {
        try (PreparedStatement more = one.prepareStatement(filler(9))) {
          more.executeQuery().close();
        }
      });
      try (PreparedStatement fine = other.prepareStatement(filler(10))) {
        fine.executeQuery().close();
      }
      assertThat(ask(two, "select 1")).isEqualTo("1");
      for (PreparedStatement each : statements) {
        each.executeQuery().close();
      }
      TestFront.run(one, "deallocate all");
    }
    Await.until("all is given back", () -> kept("ann") == 0 && kept("bob") == 0);
  }

  @Test
  void rowsThatAreCombinedCountWhileTheyAreKept() throws Exception {
    String grouped =
        "select name || repeat('x', %d) as n, count(*) from users group by 1 order by 1 limit 2";
    try (Connection ann = front.connect("ann", "a", PREPARES);
        Connection bob = front.connect("bob", "b", PREPARES)) {
      assertThat(ask(ann, grouped.formatted(1))).endsWith("x");
      isExhausted(() -> ask(ann, grouped.formatted(1000)));
      assertThat(ask(bob, grouped.formatted(1000))).endsWith("xxx");
      assertThat(ask(ann, grouped.formatted(1))).endsWith("x");
      isExhausted(() -> ask(ann, grouped.formatted(1000)));
    }
    Await.until("all is given back", () -> kept("ann") == 0 && kept("bob") == 0);
  }
}
