package dev.terrace.sql;

import static dev.terrace.sql.TestFront.ask;
import static dev.terrace.sql.TestFront.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.terrace.testkit.Await;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;

/** Sessions over shared server connections: each has its own state, none another's. */
final class SessionStateTest extends FrontTest {

  @BeforeAll
  static void start() throws Exception {
    // One loop and one connection per server: whatever leaks, the next client meets.
    front =
        TestFront.over(
            TestFront.sharedCluster(),
            "max-server-connections: 1, acquire-timeout: 2s",
            "{from: primary}",
            1);
  }

  private static final String USER_1 = " from users where id = 1";

  @Test
  void settingsFollowTheSessionAndNobodyElse() throws Exception {
    try (Connection one = front.connect();
        Connection two = front.connect("ApplicationName=second")) {
      run(one, "set work_mem = '7MB'");
      run(one, "set search_path to 'public', 'elsewhere'");
      for (int user = 1; user <= 6; user++) {
        String where = " from users where id = " + user;
        assertThat(ask(one, "select current_setting('work_mem')" + where)).isEqualTo("7MB");
        assertThat(ask(two, "select current_setting('work_mem')" + where)).isEqualTo("4MB");
        assertThat(ask(two, "select current_setting('application_name')" + where))
            .isEqualTo("second");
      }
      assertThat(ask(one, "show search_path")).contains("elsewhere");
      run(one, "reset work_mem");
      assertThat(ask(one, "select current_setting('work_mem')" + USER_1)).isEqualTo("4MB");
      run(one, "reset all");
      assertThat(ask(one, "show search_path")).doesNotContain("elsewhere");
    }
  }

  @Test
  void settingsOfATransactionEndOrStayWithIt() throws Exception {
    try (Connection one = front.connect()) {
      one.setAutoCommit(false);
      run(one, "set work_mem = '8MB'");
      assertThat(ask(one, "select current_setting('work_mem')" + USER_1)).isEqualTo("8MB");
      one.rollback();
      assertThat(ask(one, "select current_setting('work_mem')" + USER_1)).isEqualTo("4MB");
      run(one, "set work_mem = '9MB'");
      run(one, "set local statement_timeout = '55s'");
      assertThat(ask(one, "select current_setting('statement_timeout')" + USER_1)).isEqualTo("55s");
      one.commit();
      assertThat(ask(one, "select current_setting('work_mem')" + USER_1)).isEqualTo("9MB");
      assertThat(ask(one, "select current_setting('statement_timeout')" + USER_1)).isEqualTo("0");
      one.commit();
    }
    try (Connection two = front.connect()) {
      assertThat(ask(two, "select current_setting('work_mem')" + USER_1)).isEqualTo("4MB");
    }
  }

  @Test
  void aBadSettingIsAnErrorAndChangesNothing() throws Exception {
    try (Connection one = front.connect()) {
      assertThatThrownBy(() -> run(one, "set work_mem = 'much'"))
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("22023"));
      assertThat(ask(one, "select current_setting('work_mem')" + USER_1)).isEqualTo("4MB");
      assertThatThrownBy(() -> run(one, "set client_encoding = 'SJIS'"))
          .isInstanceOf(SQLException.class);
    }
    assertThatThrownBy(() -> front.connect("options=-c%20work_mem=nonsense"))
        .isInstanceOf(SQLException.class)
        .hasMessageContaining("work_mem");
    try (Connection fine = front.connect("options=-c%20work_mem=6MB")) {
      assertThat(ask(fine, "show work_mem")).isEqualTo("6MB");
    }
  }

  @Test
  void temporaryTablesLocksAndStatementsEndWithTheSession() throws Exception {
    try (Connection one = front.connect("preferQueryMode=simple")) {
      run(one, "/* terrace: shard=0 */ create temp table mine (a int)");
      run(one, "/* terrace: shard=0 */ insert into mine (a) values (1)");
      assertThat(ask(one, "/* terrace: shard=0 */ select a from mine")).isEqualTo("1");
      assertThat(ask(one, "/* terrace: shard=0 */ select pg_advisory_lock(4711)")).isEmpty();
      run(one, "/* terrace: shard=0 */ set role none");
    }
    Await.until(
        "the lock is gone",
        () -> {
          try {
            return TestFront.askServer(
                    front.cluster().primary(0),
                    "select count(*) from pg_locks where locktype = 'advisory'")
                .equals("0");
          } catch (SQLException e) {
            throw new AssertionError(e);
          }
        });
    try (Connection two = front.connect("preferQueryMode=simple")) {
      assertThatThrownBy(() -> ask(two, "/* terrace: shard=0 */ select a from mine"))
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("42P01"));
    }
  }

  @Test
  void setConfigDoesNotLeak() throws Exception {
    try (Connection one = front.connect()) {
      assertThatThrownBy(() -> ask(one, "select set_config('work_mem', '5MB', false)" + USER_1))
          .isInstanceOf(SQLException.class);
      ask(one, "/* terrace: shard=1 */ select set_config('work_mem', '5MB', false)" + USER_1);
    } catch (SQLException e) {
      assertThat(e.getSQLState()).isEqualTo("0A000");
    }
    try (Connection two = front.connect()) {
      assertThat(ask(two, "select current_setting('work_mem')" + USER_1)).isEqualTo("4MB");
    }
  }

  @Test
  void anOpenTransactionIsRolledBackWhenItsClientGoes() throws Exception {
    Connection one = front.connect();
    one.setAutoCommit(false);
    run(one, "insert into notes (id, body) values (8000001, 'never')");
    one.abort(Runnable::run);
    try (Connection two = front.connect()) {
      assertThat(ask(two, "select count(*) from notes where id = 8000001")).isEqualTo("0");
      assertThat(
              ask(two, "select now() = statement_timestamp() from notes where id > 0 and id = 1"))
          .isEqualTo("no row");
    }
  }

  @Test
  void preparedStatementsOfManySessionsShareAConnection() throws Exception {
    List<Connection> all = new ArrayList<>();
    List<PreparedStatement> statements = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      Connection connection = front.connect("prepareThreshold=1");
      all.add(connection);
      statements.add(connection.prepareStatement("select name, " + i + " from users where id = ?"));
    }
    for (int round = 0; round < 20; round++) {
      for (int i = 0; i < 5; i++) {
        PreparedStatement statement = statements.get(i);
        statement.setLong(1, 1 + round);
        try (var rows = statement.executeQuery()) {
          assertThat(rows.next()).isTrue();
          assertThat(rows.getInt(2)).isEqualTo(i);
        }
      }
    }
    for (Connection connection : all) {
      connection.close();
    }
  }

  @Test
  void preparedStatementsSurviveASchemaChange() throws Exception {
    try (Connection one = front.connect("prepareThreshold=1&autosave=conservative");
        PreparedStatement select = one.prepareStatement("select * from notes where id = 1")) {
      select.executeQuery().close();
      select.executeQuery().close();
      try (Connection ddl = front.connect()) {
        run(ddl, "alter table notes add column extra int");
      }
      try {
        for (int i = 0; i < 3; i++) {
          try (var rows = select.executeQuery()) {
            assertThat(rows.next()).isFalse();
          }
        }
      } finally {
        try (Connection ddl = front.connect()) {
          run(ddl, "alter table notes drop column extra");
        }
      }
    }
  }

  @Test
  void aLongStatementIsCancelled() throws Exception {
    try (Connection one = front.connect();
        Statement statement = one.createStatement()) {
      CompletableFuture<SQLException> outcome = new CompletableFuture<>();
      Thread.ofVirtual()
          .start(() -> {
            try {
              statement.execute("select pg_sleep(30)" + USER_1);
              outcome.complete(new SQLException("it was not cancelled"));
            } catch (SQLException e) {
              outcome.complete(e);
            }
          });
      Await.until("it runs", () -> front.inFlight() == 1);
      Await.until(
          "it is cancelled",
          () -> {
            try {
              statement.cancel();
            } catch (SQLException e) {
              throw new AssertionError(e);
            }
            return outcome.isDone();
          });
      assertThat(outcome.join().getSQLState()).isEqualTo("57014");
      assertThat(ask(one, "select 1")).isEqualTo("1");
    }
  }

  @Test
  void notificationsArrive() throws Exception {
    try (TestFront wide = TestFront.over(front.cluster(), "");
        Connection one = wide.connect();
        Connection two = wide.connect()) {
      run(one, "listen news");
      run(two, "notify news, 'hello'");
      Await.until(
          "the notification",
          () -> {
            try {
              var got = one.unwrap(PGConnection.class).getNotifications(50);
              return got != null && got.length == 1 && got[0].getParameter().equals("hello");
            } catch (SQLException e) {
              throw new AssertionError(e);
            }
          });
      assertThat(ask(one, "select name from users where id = 2")).isNotEmpty();
    }
  }

  @Test
  void whoFindsNoServerConnectionIsToldSo() throws Exception {
    try (Connection one = front.connect();
        Connection two = front.connect()) {
      one.setAutoCommit(false);
      run(one, "update users set name = name where id = 1");
      assertThatThrownBy(() -> ask(two, "select name" + USER_1))
          .isInstanceOfSatisfying(
              SQLException.class,
              e -> {
                assertThat(e.getSQLState()).isEqualTo("53300");
                assertThat(e.getMessage()).contains("max-server-connections");
              });
      one.rollback();
      one.setAutoCommit(true);
      assertThat(ask(two, "select id" + USER_1)).isEqualTo("1");
    }
  }

  @Test
  void manyClientsShareFewConnections() throws Exception {
    try (TestFront shared =
            TestFront.over(
                front.cluster(),
                "max-server-connections: 5, acquire-timeout: 20s",
                "{from: primary}",
                2);
        ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Integer>> all = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        int user = 1 + i;
        all.add(
            clients.submit(() -> {
              try (Connection connection = shared.connect("prepareThreshold=1")) {
                int right = 0;
                for (int round = 0; round < 10; round++) {
                  try (PreparedStatement select =
                      connection.prepareStatement("select id from users where id = ?")) {
                    select.setLong(1, user);
                    try (var rows = select.executeQuery()) {
                      right += rows.next() && rows.getLong(1) == user ? 1 : 0;
                    }
                  }
                }
                return right;
              }
            }));
      }
      for (Future<Integer> one : all) {
        assertThat(one.get()).isEqualTo(10);
      }
      assertThat(
              Integer.parseInt(
                  TestFront.askServer(
                      front.cluster().primary(0),
                      "select count(*) from pg_stat_activity where application_name = 'terrace'")))
          .isLessThanOrEqualTo(6);
    }
  }
}
