package dev.terrace.sql;

import static dev.terrace.sql.TestFront.ask;
import static dev.terrace.sql.TestFront.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.terrace.core.signal.Metric;
import dev.terrace.sandbox.PostgresCluster;
import dev.terrace.testkit.Await;
import dev.terrace.testkit.RawClient;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** For how long clients have server connections, and how many may come and wait. */
final class PoolingTest {

  private static final String PID = "/* terrace: shard=0 */ select pg_backend_pid()";
  private static final String QUIET = "assumeMinServerVersion=18";
  private static PostgresCluster cluster;

  @BeforeAll
  static void start() throws Exception {
    cluster = TestFront.sharedCluster();
  }

  /** What the front itself asks of servers at its start must not be in the way. */
  private static TestFront front(String sql) throws IOException {
    TestFront front = TestFront.over(cluster, sql + ", in-doubt-every: 1h", "{from: primary}", 1);
    Await.until(
        "nobody has a server",
        () -> {
          try (Connection probe = connect(front)) {
            return ask(probe, "select 1").equals("1");
          } catch (SQLException e) {
            return false;
          }
        });
    return front;
  }

  /** A driver that does not begin with statements of its own. */
  private static Connection connect(TestFront front) throws SQLException {
    return front.connect(QUIET);
  }

  private static void fails(String state, String words, Connecting connecting) {
    assertThatThrownBy(connecting::go)
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo(state))
        .hasMessageContaining(words);
  }

  @FunctionalInterface
  private interface Connecting {
    void go() throws Exception;
  }

  @Test
  void aSessionMayKeepItsServerToItsEnd() throws Exception {
    try (TestFront front =
        front("pool: session, max-server-connections: 1, acquire-timeout: 200ms")) {
      try (Connection one = connect(front);
          Connection two = connect(front)) {
        run(one, "/* terrace: shard=0 */ create temp table kept (a int)");
        ask(one, "/* terrace: shard=0 */ select set_config('work_mem', '17MB', false)");
        String pid = ask(one, PID);
        assertThat(ask(one, PID)).isEqualTo(pid);
        assertThat(ask(one, "/* terrace: shard=0 */ select current_setting('work_mem')"))
            .isEqualTo("17MB");
        fails("53300", "stayed busy", () -> ask(two, PID));
      }
      try (Connection next = connect(front)) {
        assertThat(ask(next, "/* terrace: shard=0 */ select current_setting('work_mem')"))
            .isEqualTo("4MB");
        fails("42P01", "kept", () -> ask(next, "/* terrace: shard=0 */ select * from kept"));
      }
    }
  }

  @Test
  void usersAndDatabasesMayBePooledInTheirOwnWay() throws Exception {
    String users =
        "users: {shop: {password: shop}, keeper: {password: k, pool: session}, sharer: {password: s}}";
    try (TestFront front = front(users + ", max-server-connections: 1, acquire-timeout: 200ms")) {
      try (Connection keeper = front.connect("keeper", "k", QUIET);
          Connection sharer = front.connect("sharer", "s", QUIET)) {
        assertThat(ask(sharer, PID)).isEqualTo(ask(sharer, PID));
        ask(keeper, PID);
        fails("53300", "stayed busy", () -> ask(sharer, PID));
      }
    }
    try (TestFront front =
        front(
            "databases: {shop: {pool: session}}, max-server-connections: 1,"
                + " acquire-timeout: 200ms")) {
      try (Connection one = connect(front);
          Connection two = connect(front)) {
        ask(one, PID);
        fails("53300", "stayed busy", () -> ask(two, PID));
      }
    }
  }

  @Test
  void discardAllGivesTheKeptServersBack() throws Exception {
    try (TestFront front = front("pool: session, max-server-connections: 1");
        Connection one = connect(front);
        Connection two = connect(front)) {
      ask(one, PID);
      run(one, "discard all");
      assertThat(ask(two, PID)).isNotEmpty();
    }
  }

  @Test
  void whoWouldWaitTooFarBackIsToldAtOnce() throws Exception {
    try (TestFront front = front("max-server-connections: 1, max-waiting: 0");
        Connection one = connect(front);
        Connection two = connect(front)) {
      one.setAutoCommit(false);
      ask(one, PID);
      fails("53300", "max-waiting", () -> ask(two, PID));
      one.commit();
      assertThat(ask(two, PID)).isNotEmpty();
    }
  }

  @Test
  void usersAndDatabasesHaveOnlySoManyClients() throws Exception {
    String users =
        "users: {shop: {password: shop}, few: {password: f, max-clients: 1}, more: {password: m}}";
    try (TestFront front = front(users + ", databases: {shop: {max-clients: 2}}")) {
      try (Connection one = front.connect("few", "f", "");
          Connection two = front.connect("more", "m", "")) {
        fails("53300", "role \"few\"", () -> front.connect("few", "f", "").close());
        fails("53300", "database \"shop\"", () -> front.connect("more", "m", "").close());
        assertThat(ask(one, "select 1") + ask(two, "select 2")).isEqualTo("12");
        assertThat(front.level(Metric.SQL_CLIENTS, "shop")).isEqualTo(2);
      }
      Await.until("they are gone", () -> front.level(Metric.SQL_CLIENTS, "shop") == 0);
      front.connect("few", "f", "").close();
    }
  }

  @Test
  void aServerConnectionIsReplacedInTime() throws Exception {
    try (TestFront front = front("server-lifetime: 300ms");
        Connection one = connect(front)) {
      String first = ask(one, PID);
      Await.until(
          "another connection is used",
          () -> {
            try {
              return !ask(one, PID).equals(first);
            } catch (SQLException e) {
              throw new AssertionError(e);
            }
          });
    }
  }

  private static void endsWith(Connection connection, String state) {
    Await.until(
        "it is ended with " + state,
        () -> {
          try {
            ask(connection, "select 1");
            return false;
          } catch (SQLException e) {
            // A driver that writes before it reads may see only that the connection is closed.
            assertThat(e.getSQLState()).isIn(state, "08006");
            return true;
          }
        });
  }

  @Test
  void whoIsSilentForTooLongIsSentAway() throws Exception {
    try (TestFront front = front("client-idle-timeout: 300ms, idle-transaction-timeout: 300ms")) {
      try (RawClient idle = Wire.loggedIn(front.port(), "shop", "shop")) {
        assertThat(idle.readAll()).contains("57P05");
      }
      try (RawClient open = Wire.loggedIn(front.port(), "shop", "shop")) {
        open.send(Wire.message('Q', "begin\0".getBytes(StandardCharsets.UTF_8)));
        assertThat(open.readAll()).contains("BEGIN", "25P03");
      }
      try (Connection locked = connect(front)) {
        locked.setAutoCommit(false);
        run(locked, "update users set name = name where id = 77");
        Await.until("nothing is in hand", () -> front.inFlight() == 0);
        endsWith(locked, "25P03");
      }
      assertThat(
              front.signals.counter(Metric.SQL_OVERDUE, "idle_in_transaction").value()
                  + front.signals.counter(Metric.SQL_OVERDUE, "idle").value())
          .isEqualTo(3);
    }
  }

  @Test
  void aStatementThatTakesTooLongIsCancelled() throws Exception {
    try (TestFront front = front("statement-timeout: 300ms");
        Connection one = connect(front)) {
      fails(
          "57014",
          "statement timeout",
          () -> ask(one, "select pg_sleep(30) from users where id = 1"));
      assertThat(ask(one, "select id from users where id = 1")).isEqualTo("1");
      one.setAutoCommit(false);
      ask(one, PID);
      fails("57014", "statement timeout", () -> ask(one, "select pg_sleep(30)"));
      one.rollback();
      assertThat(ask(one, PID)).isNotEmpty();
    }
  }

  @Test
  void aFloodOfClientsWhoDoNotLogInLocksNobodyOutForLong() throws Exception {
    try (TestFront front = front("max-logins: 5, login-timeout: 1s")) {
      List<RawClient> flood = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        flood.add(RawClient.connect(front.port()));
      }
      Await.until("they are counted", () -> front.level(Metric.SQL_LOGINS_RUNNING) == 5);
      try (RawClient refused = RawClient.connect(front.port())) {
        assertThat(refused.readAll()).contains("53300", "max-logins");
      }
      Await.until(
          "there is room again",
          Duration.ofSeconds(20),
          () -> front.level(Metric.SQL_LOGINS_RUNNING) == 0);
      try (Connection fine = connect(front)) {
        assertThat(ask(fine, "select 1")).isEqualTo("1");
      }
      for (RawClient one : flood) {
        one.close();
      }
      assertThat(front.signals.counter(Metric.SQL_LOGINS, "late").value()).isEqualTo(5);
      assertThat(front.signals.counter(Metric.SQL_LOGINS, "full").value()).isOne();
    }
  }

  @Test
  void theQueryThatWipesIsTheFilesOwn() throws Exception {
    String reset = "RESET ALL; DISCARD TEMP; SELECT set_config('terrace.wiped', 'yes', false)";
    try (TestFront front = front("max-server-connections: 1, reset: \"" + reset + "\"")) {
      try (Connection one = connect(front)) {
        run(one, "/* terrace: shard=0 */ create temp table wiped_away (a int)");
      }
      try (RawClient two = Wire.loggedIn(front.port(), "shop", "shop")) {
        String sql = "/* terrace: shard=0 */ select current_setting('terrace.wiped', true)\0";
        two.send(Wire.message('Q', sql.getBytes(StandardCharsets.UTF_8)));
        assertThat(two.readUntil("Z\0\0\0\u0005I")).contains("yes");
      }
    }
  }
}
