package dev.terrace.sql;

import static dev.terrace.sql.TestFront.ask;
import static dev.terrace.sql.TestFront.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.terrace.core.signal.Metric;
import dev.terrace.testkit.Await;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is kept of results, and what is not. */
final class CacheTest {

  private static final String SCHEMA =
      """
      create table counters (id int primary key, n int, at timestamptz default 'epoch');
      create table plain (id int primary key, n int);
      create view seen as select id, n from counters;
      create table secret (id int primary key, owner text, n int);
      alter table secret enable row level security;
      create policy own on secret using (owner = current_user);
      insert into secret values (1, 'ann', 1), (2, 'bob', 2);
      create role ann login password 'ann'; create role bob login password 'bob';
      grant select on counters, secret to ann, bob;
      create function own(int) returns int language sql stable as 'select $1';
      """;

  private static final String TABLES =
      "counters: {store: shop, cache: {ttl: 1h}}, secret: {store: shop, cache: {ttl: 1h}},"
          + " seen: {store: shop, cache: {ttl: 1h}}";

  private static CachedStore store;

  @BeforeAll
  static void start() throws Exception {
    store = CachedStore.start(1, 0, SCHEMA, "cache: {max-result: 10KB}", TABLES);
  }

  @AfterAll
  static void stop() {
    store.close();
  }

  @BeforeEach
  void fill() throws Exception {
    store.front().purge("shop");
    store.behind(
        "truncate counters, plain; insert into counters select g, 0 from generate_series(1, 9) g;"
            + "insert into plain select g, 0 from generate_series(1, 9) g");
  }

  /** Whether the answer is the same although the row was changed behind Terrace's back. */
  private static boolean isKept(Connection connection, String sql) throws SQLException {
    long hits = store.events("hit");
    ask(connection, sql);
    String first = ask(connection, sql);
    boolean hit = store.events("hit") > hits;
    assertThat(ask(connection, sql)).isEqualTo(first);
    return hit;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "preferQueryMode=simple",
        "preferQueryMode=extended",
        "preferQueryMode=extendedForPrepared",
        "prepareThreshold=1&binaryTransfer=true",
        "prepareThreshold=0"
      })
  void whatIsKeptReachesNoServer(String options) throws Exception {
    try (Connection connection = store.connect(options);
        PreparedStatement read =
            connection.prepareStatement("select n, id, at from counters where id = ?")) {
      for (int again = 0; again < 8; again++) {
        read(read, 3);
      }
      store.behind("update counters set n = 7");
      long sent = store.statements("primary") + store.statements("replica");
      for (int again = 0; again < 4; again++) {
        assertThat(read(read, 3)).isEqualTo("0 3");
      }
      assertThat(store.statements("primary") + store.statements("replica")).isEqualTo(sent);
      assertThat(read(read, 4)).as("another parameter").isEqualTo("7 4");
      assertThat(ask(connection, "select n from counters where id = 3 -- other")).isEqualTo("7");
    }
  }

  private static String read(PreparedStatement statement, int id) throws SQLException {
    statement.setInt(1, id);
    try (ResultSet rows = statement.executeQuery()) {
      assertThat(rows.next()).isTrue();
      assertThat(rows.getMetaData().getColumnName(3)).isEqualTo("at");
      String row = rows.getInt(1) + " " + rows.getInt(2);
      assertThat(rows.getTimestamp(3)).isNotNull();
      assertThat(rows.next()).isFalse();
      return row;
    }
  }

  @Test
  void writesAreSeenAtOnceByAll() throws Exception {
    String sql = "select sum(n) from counters";
    try (Connection writer = store.connect();
        Connection reader = store.connect("preferQueryMode=simple")) {
      for (int n = 1; n < 5; n++) {
        run(writer, "update counters set n = n + 1 where id = 1");
        assertThat(ask(writer, sql)).isEqualTo(Integer.toString(n));
        assertThat(ask(reader, sql)).isEqualTo(Integer.toString(n));
        assertThat(isKept(reader, sql)).isTrue();
      }
      run(writer, "update plain set n = n + 1");
      store.behind("update counters set n = 100");
      assertThat(ask(reader, sql)).as("another table was written").isEqualTo("4");
      run(writer, "copy counters (id) from program 'echo 55'");
      assertThat(ask(reader, sql)).isEqualTo("900");
    }
  }

  @Test
  void aTransactionIsSeenWhenItCommits() throws Exception {
    String sql = "select n from counters where id = 2";
    try (Connection writer = store.connect();
        Connection reader = store.connect()) {
      assertThat(ask(reader, sql)).isEqualTo("0");
      writer.setAutoCommit(false);
      run(writer, "update counters set n = 5 where id = 2");
      assertThat(ask(writer, sql)).isEqualTo("5");
      long hits = store.events("hit");
      assertThat(ask(reader, sql)).isEqualTo("0");
      assertThat(store.events("hit")).as("nobody can see it yet").isEqualTo(hits + 1);
      writer.rollback();
      assertThat(ask(reader, sql)).isEqualTo("0");
      assertThat(store.events("hit")).as("it never came about").isEqualTo(hits + 2);
      run(writer, "update counters set n = 6 where id = 2");
      writer.commit();
      assertThat(ask(reader, sql)).isEqualTo("6");
      try (Statement several = reader.createStatement()) {
        several.execute("begin; update counters set n = 8 where id = 2; commit");
      }
      assertThat(ask(reader, sql)).isEqualTo("8");
    }
  }

  @Test
  void inATransactionNothingIsKept() throws Exception {
    String sql = "select n from counters where id = 2";
    try (Connection connection = store.connect()) {
      ask(connection, sql);
      store.behind("update counters set n = 3");
      connection.setAutoCommit(false);
      assertThat(ask(connection, sql)).isEqualTo("3");
      connection.rollback();
      connection.setReadOnly(true);
      assertThat(ask(connection, sql)).isIn("0", "3");
      connection.rollback();
      assertThat(store.notKept("in-transaction")).isGreaterThan(1);
    }
  }

  @Test
  void commentsDecideToo() throws Exception {
    try (Connection connection = store.connect()) {
      assertThat(isKept(connection, "select n from plain where id = 1")).isFalse();
      assertThat(isKept(connection, "/* terrace: cache 30s */ select n from plain where id = 1"))
          .isTrue();
      assertThat(isKept(connection, "/* terrace: no-cache */ select n from counters")).isFalse();
      assertThat(isKept(connection, "/* terrace: primary */ select n from counters")).isFalse();
      String brief = "/* terrace: cache 200ms */ select n from counters where id = 1";
      assertThat(isKept(connection, brief)).isTrue();
      store.behind("update counters set n = 3");
      Await.until("it has had its time", () -> answers(connection, brief, "3"));
      assertThatThrownBy(() -> ask(connection, "/* terrace: cache */ select n from counters"))
          .hasMessageContaining("cache needs a duration");
    }
  }

  private static boolean answers(Connection connection, String sql, String expected) {
    try {
      return ask(connection, sql).equals(expected);
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "select n from counters where at < now()",
        "select n from counters where at < current_timestamp",
        "select n from counters where at < 'today'",
        "select n, current_user from counters",
        "select n, user from counters",
        "select n, random() from counters",
        "select own(n) from counters",
        "select n from counters for update",
        "select c.n from counters c, plain p",
        "select n from counters, pg_class",
        "select n from seen",
        "select n from secret",
        "/* terrace: cache 1m */ select count(*) from pg_class",
        "/* terrace: cache 1m */ select n, nextval('s') from counters",
        "/* terrace: cache 1m */ select 1",
        "explain select n from counters",
        "with w as (update counters set n = n returning n) select n from w"
      })
  void whatDependsOnMoreIsNotKept(String sql) throws Exception {
    try (Connection connection = store.connect();
        Connection simple = store.connect("preferQueryMode=simple")) {
      run(connection, "create sequence if not exists s");
      store.awaitCatalogue();
      assertThat(isKept(connection, "select n from counters")).as("others are").isTrue();
      assertThat(isKept(connection, sql)).isFalse();
      assertThat(isKept(simple, sql)).isFalse();
    }
  }

  @Test
  void parametersThatSpeakOfNowAreNotKept() throws Exception {
    try (Connection connection = store.connect("prepareThreshold=0");
        PreparedStatement read =
            connection.prepareStatement("select n from counters where at < ?::text::timestamptz")) {
      long hits = store.events("hit");
      for (int i = 0; i < 3; i++) {
        read.setString(1, "yesterday");
        read.executeQuery().close();
      }
      assertThat(store.events("hit")).isEqualTo(hits);
      for (int i = 0; i < 3; i++) {
        read.setString(1, "2020-01-01");
        read.executeQuery().close();
      }
      assertThat(store.events("hit")).isEqualTo(hits + 2);
    }
  }

  @Test
  void settingsAndUsersHaveTheirOwn() throws Exception {
    String sql = "select at from counters where id = 1";
    try (Connection here = store.connect("preferQueryMode=simple");
        Connection there = store.connect("preferQueryMode=simple")) {
      run(here, "set timezone = 'UTC'");
      run(there, "set timezone = 'Asia/Tokyo'");
      assertThat(ask(here, sql)).isEqualTo("1970-01-01 00:00:00+00");
      assertThat(ask(there, sql)).isEqualTo("1970-01-01 09:00:00+09");
      run(here, "set search_path = pg_catalog");
      assertThatThrownBy(() -> ask(here, sql)).hasMessageContaining("does not exist");
    }
  }

  @Test
  void rolesSeeTheirOwnRows() throws Exception {
    store.configure(
        "cache: {max-result: 10KB}, users: {ann: {password: ann}, bob: {password: bob}, shop:"
            + " {password: shop}}, server-login: client",
        TABLES);
    store.awaitCatalogue();
    String sql = "/* terrace: cache 1m */ select n from secret";
    try (Connection ann = store.connect("ann", "ann", "");
        Connection bob = store.connect("bob", "bob", "")) {
      for (int i = 0; i < 3; i++) {
        assertThat(ask(ann, sql)).isEqualTo("1");
        assertThat(ask(bob, sql)).isEqualTo("2");
      }
      assertThat(isKept(ann, sql)).isTrue();
    } finally {
      store.configure("cache: {max-result: 10KB}", TABLES);
      store.awaitCatalogue();
    }
  }

  @Test
  void whoKeepsSomethingAtAServerIsPassedBy() throws Exception {
    String sql = "select n from counters where id = 1";
    try (Connection temporary = store.connect();
        Connection follower = store.connect();
        Connection other = store.connect()) {
      ask(other, sql);
      run(temporary, "create temp table counters (id int, n int)");
      run(temporary, "insert into counters values (1, 77)");
      assertThat(ask(temporary, sql)).isEqualTo("77");
      assertThat(isKept(temporary, sql)).isFalse();
      store.awaitCatalogue();
      assertThat(ask(other, sql)).isEqualTo("0");
      run(follower, "set terrace.after = '" + ask(temporary, "show terrace.after") + "'");
      assertThat(isKept(follower, sql)).isFalse();
      run(follower, "reset terrace.after");
      assertThat(isKept(follower, sql)).isTrue();
    }
  }

  @Test
  void onlyWholeGoodAnswersOfBoundedSizeAreKept() throws Exception {
    try (Connection connection = store.connect()) {
      String large = "select repeat('x', 11000), n from counters where id = 1";
      assertThat(isKept(connection, large)).isFalse();
      assertThat(store.notKept("size")).isPositive();
      String many = "select repeat('x', 900) from counters";
      assertThat(isKept(connection, many)).isTrue();
      for (int i = 0; i < 3; i++) {
        assertThatThrownBy(() -> ask(connection, "select 1 / n from counters"))
            .hasMessageContaining("division by zero");
      }
      try (PreparedStatement fetched = connection.prepareStatement("select id from counters")) {
        connection.setAutoCommit(false);
        fetched.setFetchSize(2);
        for (int i = 0; i < 3; i++) {
          try (ResultSet rows = fetched.executeQuery()) {
            int count = 0;
            while (rows.next()) {
              count++;
            }
            assertThat(count).isEqualTo(9);
          }
        }
        connection.rollback();
        connection.setAutoCommit(true);
      }
      assertThat(store.level(Metric.SQL_CACHE_BYTES)).isBetween(8000.0, 20_000.0);
      assertThat(store.level(Metric.SQL_CACHE_ENTRIES)).isBetween(1.0, 5.0);
      assertThat(store.front().purge("shop")).isPositive();
      assertThat(store.level(Metric.SQL_CACHE_BYTES)).isZero();
    }
  }

  @Test
  void memoryIsBounded() throws Exception {
    store.configure("cache: {memory: 64KB, max-result: 10KB}", TABLES);
    store.awaitCatalogue();
    try (Connection connection = store.connect()) {
      for (int i = 0; i < 200; i++) {
        ask(connection, "select n, repeat('x', 1000) from counters where id = 1 or id = 1" + i);
        assertThat(store.level(Metric.SQL_CACHE_BYTES)).isLessThan(65_537);
      }
      assertThat(store.events("evicted")).isGreaterThan(100);
    } finally {
      store.configure("cache: {max-result: 10KB}", TABLES);
      store.awaitCatalogue();
    }
  }

  @Test
  void nothingIsKeptUnlessTheFileSaysSo() throws Exception {
    store.configure("", "counters: {store: shop}");
    try (Connection connection = store.connect()) {
      assertThat(isKept(connection, "select n from counters")).isFalse();
      assertThat(isKept(connection, "/* terrace: cache 1m */ select n from counters")).isFalse();
    } finally {
      store.configure("cache: {max-result: 10KB}", TABLES);
      store.awaitCatalogue();
    }
  }

  @Test
  void aReloadForgetsWhatWasKept() throws Exception {
    String sql = "select n from counters where id = 1";
    try (Connection connection = store.connect()) {
      assertThat(isKept(connection, sql)).isTrue();
      store.behind("update counters set n = 3");
      store.configure("cache: {max-result: 10KB}", TABLES);
      assertThat(ask(connection, sql)).isEqualTo("3");
      store.awaitCatalogue();
      assertThat(isKept(connection, sql)).isTrue();
    }
  }
}
