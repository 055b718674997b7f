package dev.terrace.sql;

import static dev.terrace.sql.TestFront.ask;
import static dev.terrace.sql.TestFront.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.terrace.sandbox.PostgresCluster;
import dev.terrace.testkit.Await;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What functions leave behind in a store of one shard, over a pool of one connection. */
final class SessionLeakTest extends FrontTest {

  private static final String LIMITS =
      "max-server-connections: 1, acquire-timeout: 10s, in-doubt-every: 1h,"
          + " read-only-functions: [leak_reads]";

  @BeforeAll
  static void start() throws Exception {
    PostgresCluster cluster = TestFront.sharedCluster();
    cluster
        .primary(0)
        .execute(
            """
            create sequence if not exists leak_seq;
            create table if not exists leak_rows (id serial primary key, body text);
            create or replace function leak_sets() returns int language plpgsql as $$
              begin
                perform set_config('work_mem', '11MB', false);
                create temp table if not exists leaked (a int);
                perform pg_advisory_lock(4712);
                execute 'listen leaks';
                return 1;
              end $$;
            create or replace procedure leak_by_call() language plpgsql as $$
              begin perform leak_sets(); end $$;
            create or replace function leak_reads() returns int language sql as 'select 1';
            """);
    front =
        TestFront.over(
            cluster,
            LIMITS,
            "{from: primary}",
            1,
            "",
            "alone: {engine: postgresql, database: shop, user: shop, password: shop,"
                + " shards: [{primary: "
                + cluster.primary(0).address()
                + "}]}");
  }

  @AfterAll
  static void drop() throws Exception {
    front
        .cluster()
        .primary(0)
        .execute(
            "drop procedure leak_by_call; drop function leak_sets; drop function leak_reads;"
                + " drop table leak_rows; drop sequence leak_seq");
  }

  private static Connection alone(String options) throws SQLException {
    return DriverManager.getConnection(
        "jdbc:postgresql://127.0.0.1:" + front.port() + "/alone?loginTimeout=10&" + options,
        "shop",
        "shop");
  }

  private static Connection alone() throws SQLException {
    return alone("");
  }

  private static void isClean(Connection connection) throws SQLException {
    assertThat(ask(connection, "select current_setting('work_mem')")).isEqualTo("4MB");
    assertThat(ask(connection, "select to_regclass('pg_temp.leaked')")).isEqualTo("null");
    assertThat(
            ask(
                connection,
                "select count(*) from pg_locks where locktype = 'advisory' and pid ="
                    + " pg_backend_pid()"))
        .isEqualTo("0");
    assertThat(ask(connection, "select count(*) from pg_listening_channels()")).isEqualTo("0");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "select leak_sets()",
        "do $$ begin perform leak_sets(); end $$",
        "call leak_by_call()",
        "select * from leak_sets()",
        "with x as (select leak_sets() as a) select a from x",
        "insert into leak_rows (id, body) values (leak_sets() + 100000, '') on conflict do nothing",
        "create temp table mine as select leak_sets()",
        "select leak_sets() into temp mine",
        "copy (select leak_sets()) to stdout",
        "explain analyze select leak_sets()"
      })
  void whatAFunctionLeavesIsItsSessionsAlone(String statement) throws Exception {
    try (Connection one = alone("preferQueryMode=simple");
        Connection two = alone()) {
      if (statement.startsWith("copy")) {
        one.unwrap(org.postgresql.PGConnection.class)
            .getCopyAPI()
            .copyOut(statement, new java.io.StringWriter());
      } else {
        one.createStatement().execute(statement);
      }
      assertThat(ask(one, "select current_setting('work_mem')")).isEqualTo("11MB");
      assertThat(ask(one, "select count(*) from leaked")).isEqualTo("0");
      if (!statement.contains("temp")) {
        // Who makes a temporary table keeps the server to the end.
        isClean(two);
      }
    }
    try (Connection next = alone()) {
      isClean(next);
    }
  }

  @Test
  void whatIsLeftIsWipedOnceItsSessionIsGone() throws Exception {
    try (Connection one = alone()) {
      ask(one, "select leak_sets()");
      assertThat(locks()).isEqualTo("1");
    }
    Await.until("the lock is gone", () -> locks().equals("0"));
    try (Connection one = alone()) {
      ask(one, "select leak_sets()");
      run(one, "discard all");
      isClean(one);
    }
  }

  private static String locks() {
    try {
      return TestFront.askServer(
          front.cluster().primary(0),
          "select count(*) from pg_locks where locktype = 'advisory' and objid = 4712");
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aFunctionThatIsSaidToReadLeavesNothing() throws Exception {
    try (Connection one = alone("preferQueryMode=simple");
        Connection two = alone("preferQueryMode=simple")) {
      try (Connection prepares = alone("prepareThreshold=1");
          PreparedStatement kept = prepares.prepareStatement("select 'kept here'")) {
        kept.executeQuery().close();
      }
      assertThat(prepared(one)).isEqualTo("1");
      assertThat(ask(one, "select leak_reads()")).isEqualTo("1");
      assertThat(prepared(two)).isEqualTo("1");
      assertThat(ask(one, "select leak_sets()")).isEqualTo("1");
      assertThat(prepared(one)).isEqualTo("1");
      assertThat(prepared(two)).isEqualTo("0");
    }
  }

  private static String prepared(Connection connection) throws SQLException {
    return ask(
        connection,
        "select count(*) from pg_prepared_statements where statement like '%kept here%' and"
            + " statement not like '%pg_prepared%'");
  }

  @ParameterizedTest
  @ValueSource(strings = {"preferQueryMode=simple", "prepareThreshold=1", "prepareThreshold=0"})
  void settingsByFunctionFollowTheSession(String options) throws Exception {
    try (Connection one = alone(options);
        Connection two = alone(options);
        PreparedStatement set =
            one.prepareStatement(
                "select set_config(?, ?, false), set_config('a.b', 'it''s', 'f')")) {
      set.setString(1, "work_mem");
      for (String value : new String[] {"7MB", "9MB"}) {
        set.setString(2, value);
        try (ResultSet rows = set.executeQuery()) {
          assertThat(rows.next()).isTrue();
          assertThat(rows.getString(1)).isEqualTo(value);
        }
        isClean(two);
        assertThat(ask(one, "show work_mem")).isEqualTo(value);
        assertThat(ask(one, "select current_setting('a.b')")).isEqualTo("it's");
        assertThat(ask(two, "select coalesce(current_setting('a.b', true), '')")).isEmpty();
      }
      run(one, "reset work_mem");
      isClean(one);
      one.setAutoCommit(false);
      ask(one, "select set_config('work_mem', '8MB', true), set_config('a.b', 'never', false)");
      assertThat(ask(one, "show work_mem")).isEqualTo("8MB");
      one.rollback();
      isClean(two);
      assertThat(ask(one, "select current_setting('a.b')")).isEqualTo("it's");
      one.commit();
      isClean(two);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "select set_config('work_mem', v || 'MB', false) from (values ('13')) t (v)",
        "select coalesce(set_config('work_mem', '13MB', false), '')",
        "with a as (select set_config('work_mem', '13MB', false) as b) select b from a",
        "select * from set_config('work_mem', '13MB', false)"
      })
  void settingsThatCannotBeFollowedKeepTheServer(String statement) throws Exception {
    try (Connection one = alone()) {
      ask(one, statement);
      assertThat(ask(one, "show work_mem")).isEqualTo("13MB");
    }
    try (Connection two = alone()) {
      isClean(two);
    }
  }

  @Test
  void settingsThatStatementsAreReadByAreRefused() throws Exception {
    try (Connection one = alone("preferQueryMode=simple")) {
      for (String name : new String[] {"standard_conforming_strings", "client_encoding"}) {
        assertThatThrownBy(() -> ask(one, "select set_config('" + name + "', 'SJIS', false)"))
            .isInstanceOfSatisfying(
                SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("0A000"));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"select setseed(0.5)", "set seed to 0.5"})
  void aSeedIsNoOneElses(String seeds) throws Exception {
    String first;
    try (Connection one = alone("preferQueryMode=simple")) {
      one.createStatement().execute(seeds);
      first = ask(one, "select random()");
    }
    try (Connection two = alone("preferQueryMode=simple")) {
      two.createStatement().execute(seeds);
      assertThat(ask(two, "select random()")).isEqualTo(first);
    }
    String seeded;
    try (Connection one = alone("preferQueryMode=simple")) {
      one.createStatement().execute(seeds);
      ask(one, "select random()");
      seeded = TestFront.ask(one, "select pg_backend_pid()");
    }
    try (Connection two = alone("preferQueryMode=simple")) {
      assertThat(ask(two, "select pg_backend_pid()")).isNotEqualTo(seeded);
    }
  }

  @Test
  void currvalIsTheSessionsOwn() throws Exception {
    try (Connection one = alone("preferQueryMode=simple");
        Connection two = alone("preferQueryMode=simple")) {
      String mine = ask(one, "select nextval('leak_seq')");
      assertThat(ask(two, "select nextval('leak_seq')")).isNotEqualTo(mine);
      assertThatThrownBy(() -> ask(one, "select currval('leak_seq')"))
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("55000"));
      String theirs = ask(two, "select currval('leak_seq')");
      run(two, "insert into leak_rows (body) values ('mine')");
      String inserted = ask(two, "select max(id) from leak_rows where body = 'mine'");
      assertThat(ask(two, "select lastval()")).isEqualTo(inserted);
      assertThat(ask(two, "select currval('leak_seq')")).isEqualTo(theirs);
    }
    try (Connection three = alone("preferQueryMode=simple")) {
      three.setAutoCommit(false);
      String mine = ask(three, "select nextval('leak_seq')");
      assertThat(ask(three, "select currval('leak_seq')")).isEqualTo(mine);
      three.commit();
    }
    try (Connection four = alone("preferQueryMode=simple")) {
      assertThatThrownBy(() -> ask(four, "select lastval()"))
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("55000"));
    }
  }

  @Test
  void settingsByFunctionReachAllShards() throws Exception {
    try (Connection one = front.connect("preferQueryMode=simple");
        Connection two = front.connect("preferQueryMode=simple")) {
      ask(one, "select set_config('work_mem', '7MB', false)");
      for (int user = 1; user <= 6; user++) {
        String asked = "select current_setting('work_mem') from users where id = " + user;
        assertThat(ask(one, asked)).isEqualTo("7MB");
        assertThat(ask(two, asked)).isEqualTo("4MB");
      }
      one.setAutoCommit(false);
      ask(one, "select set_config('work_mem', '8MB', true)");
      for (int user = 1; user <= 6; user++) {
        String asked = "select current_setting('work_mem') from users where id = " + user;
        assertThat(ask(one, asked)).isEqualTo("8MB");
      }
      one.commit();
      one.setAutoCommit(true);
      assertThat(ask(one, "select current_setting('work_mem') from users where id = 1"))
          .isEqualTo("7MB");
    }
  }
}
