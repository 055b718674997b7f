package dev.terrace.sql;

import static dev.terrace.sql.TestFront.ask;
import static dev.terrace.sql.TestFront.run;
import static dev.terrace.sql.Wire.text;
import static dev.terrace.testkit.SharedPostgres.userOn;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.terrace.sandbox.PostgresCluster;
import dev.terrace.testkit.Await;
import dev.terrace.testkit.RawClient;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What one session says is no other's, however it is written; over pools of one connection. */
final class NothingReachesOthersTest extends FrontTest {

  private static final String SIMPLE = "preferQueryMode=simple";
  private static final String SELECT = "select name from items where id = 1";

  @BeforeAll
  static void start() throws Exception {
    PostgresCluster cluster = TestFront.sharedCluster();
    for (int shard = 0; shard < cluster.shards(); shard++) {
      cluster
          .primary(shard)
          .execute(
              """
              create role its_leak;
              grant its_leak to shop;
              grant all on schema public to its_leak;
              grant all on users to its_leak;
              create table its_rows (id int primary key, body text);
              """);
    }
    front =
        TestFront.over(
            cluster,
            "max-server-connections: 1, acquire-timeout: 10s, in-doubt-every: 1h",
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
    for (int shard = 0; shard < front.cluster().shards(); shard++) {
      front
          .cluster()
          .primary(shard)
          .execute("drop table its_rows; drop owned by its_leak; drop role its_leak");
    }
  }

  private static Connection alone(String options) throws SQLException {
    return DriverManager.getConnection(
        "jdbc:postgresql://127.0.0.1:" + front.port() + "/alone?loginTimeout=10&" + options,
        "shop",
        "shop");
  }

  @Test
  void aCommentInASettingHidesNoOther() throws Exception {
    try (Connection one = alone(SIMPLE);
        Connection two = alone(SIMPLE)) {
      run(one, "set work_mem = '7MB' -- for sorts");
      run(one, "set a.b = 'mine'");
      assertThat(ask(two, "show work_mem")).isEqualTo("4MB");
      assertThat(ask(one, "show work_mem")).isEqualTo("7MB");
      assertThat(ask(one, "select current_setting('a.b', true)")).isEqualTo("mine");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-- set a.b = 'x'\nset role its_leak",
        "/* set a.b = 1 */ set role = its_leak",
        "set/* */role its_leak",
        "set \"role\" to its_leak"
      })
  void aRoleIsNoOneElses(String sets) throws Exception {
    try (Connection one = alone(SIMPLE)) {
      run(one, sets);
      assertThat(ask(one, "select current_user")).isEqualTo("its_leak");
    }
    try (Connection two = alone(SIMPLE)) {
      assertThat(ask(two, "select current_user")).isEqualTo("shop");
    }
  }

  private static String update(int shard) {
    return "update users set name = name where id = " + userOn(shard);
  }

  private static String read(int shard) {
    return "select id from users where id = " + userOn(shard);
  }

  private static void bothShardsAreTheUsers() throws Exception {
    for (int shard = 0; shard < 2; shard++) {
      try (Connection two = front.connect(SIMPLE)) {
        two.setAutoCommit(false);
        run(two, update(shard));
        assertThat(ask(two, "select current_user")).as("on %s", shard).isEqualTo("shop");
        two.rollback();
      }
    }
  }

  @Test
  void aRoleDoesNotStayOnServersThatJoinTheTransaction() throws Exception {
    try (Connection one = front.connect(SIMPLE)) {
      one.setAutoCommit(false);
      run(one, update(0));
      run(one, "set role its_leak");
      ask(one, read(1));
      assertThat(ask(one, "select current_user")).isEqualTo("its_leak");
      one.commit();
    }
    bothShardsAreTheUsers();
  }

  @Test
  void aRoleIsNotTakenOnSeveralServers() throws Exception {
    try (Connection one = front.connect(SIMPLE)) {
      one.setAutoCommit(false);
      run(one, update(0));
      run(one, update(1));
      assertThatThrownBy(() -> run(one, "set role its_leak"))
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("0A000"));
      one.rollback();
    }
    bothShardsAreTheUsers();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "discard all -- all",
        "discard all;",
        "/* discard */ discard all",
        "discard/**/all"
      })
  void whatIsDiscardedIsKnownToBe(String discards) throws Exception {
    for (String options : new String[] {SIMPLE, "prepareThreshold=0"}) {
      try (Connection one = alone(options);
          Connection two = alone(options)) {
        run(one, "set work_mem = '7MB'");
        run(two, "set work_mem = '7MB'");
        run(one, discards);
        assertThat(ask(two, "show work_mem")).isEqualTo("7MB");
        assertThat(ask(one, "show work_mem")).isEqualTo("4MB");
      }
    }
  }

  private static byte[] parse(String sql) {
    return Wire.message('P', text(""), text(sql), new byte[2]);
  }

  @Test
  void whatIsDiscardedInAPipelineIsKnownToBe() throws Exception {
    try (RawClient one = RawClient.connect(front.port());
        Connection two = alone(SIMPLE)) {
      run(two, "set work_mem = '7MB'");
      one.send(Wire.startup(3 << 16, "user\0shop\0database\0alone\0"));
      Wire.logIn(one, "shop");
      one.readUntil("Z\0\0\0\u0005I");
      one.send(Wire.message('Q', text("set work_mem = '7MB'"))).readUntil("Z\0\0\0\u0005I");
      one.send(parse("select 1")).send(Wire.message('H')).readUntil("1\0\0\0\u0004");
      one.send(parse("discard all"))
          .send(Wire.message('B', text(""), text(""), new byte[6]))
          .send(Wire.message('E', text(""), new byte[4]))
          .send(Wire.message('S'));
      assertThat(one.readUntil("Z\0\0\0\u0005I")).contains("DISCARD ALL");
      assertThat(ask(two, "show work_mem")).isEqualTo("7MB");
      one.send(Wire.message('Q', text("show work_mem")));
      assertThat(one.readUntil("Z\0\0\0\u0005I")).contains("4MB");
    }
  }

  @Test
  void othersStatementsAreNotDeallocated() throws Exception {
    try (Connection one = alone(SIMPLE);
        Connection two = alone("prepareThreshold=1");
        PreparedStatement select = two.prepareStatement("select body from its_rows where id = ?")) {
      select.setInt(1, 1);
      select.executeQuery().close();
      select.executeQuery().close();
      run(one, "deallocate all -- of mine");
      two.setAutoCommit(false);
      ask(two, "select 1");
      select.executeQuery().close();
      two.commit();
    }
  }

  @Test
  void namesOfStatementsAreTheClientsToChoose() throws Exception {
    try (Connection one = alone(SIMPLE);
        Connection two = alone("prepareThreshold=1");
        PreparedStatement select = two.prepareStatement("select 'two''s'")) {
      select.executeQuery().close();
      String name =
          ask(
              one,
              "select name from pg_prepared_statements where statement like '%two%' and statement"
                  + " not like '%pg_prepared%'");
      assertThat(name).doesNotMatch("[a-z][0-9]+");
      run(one, "prepare t0 as select 1");
      assertThat(ask(one, "execute t0")).isEqualTo("1");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "rollback to savepoint s -- undone",
        "rollback to savepoint \"s\"",
        "rollback /* to t */ to s"
      })
  void aSettingThatWasRolledBackIsNotThere(String undoes) throws Exception {
    try (Connection one = alone(SIMPLE);
        Connection two = alone(SIMPLE)) {
      run(two, "set work_mem = '7MB'");
      run(one, "begin");
      ask(one, "select count(*) from its_rows");
      run(one, "savepoint s");
      run(one, "set work_mem = '7MB'");
      run(one, undoes);
      run(one, "commit");
      assertThat(ask(two, "show work_mem")).isEqualTo("7MB");
      assertThat(ask(one, "show work_mem")).isEqualTo("4MB");
    }
  }

  @Test
  void aStyleOfDatesIsNoOneElses() throws Exception {
    try (Connection one = alone(SIMPLE);
        Connection two = alone(SIMPLE)) {
      run(one, "set datestyle = 'ISO, DMY'");
      run(one, "set datestyle = 'ISO'");
      run(two, "set datestyle = 'ISO'");
      ask(one, "select 1");
      assertThat(ask(two, "show datestyle")).isEqualTo("ISO, MDY");
      assertThat(ask(one, "show datestyle")).isEqualTo("ISO, DMY");
      run(one, "set datestyle to YMD");
      assertThat(ask(two, "show datestyle")).isEqualTo("ISO, MDY");
      assertThat(ask(one, "show datestyle")).isEqualTo("ISO, YMD");
      run(one, "reset datestyle");
      ask(two, "show datestyle");
      assertThat(ask(one, "show datestyle")).isEqualTo("ISO, MDY");
    }
  }

  @Test
  void characteristicsThatAreResetAreGone() throws Exception {
    try (Connection one = alone(SIMPLE);
        Connection two = alone(SIMPLE)) {
      run(one, "set session characteristics as transaction read only");
      run(two, "set session characteristics as transaction read only");
      run(one, "reset default_transaction_read_only");
      assertThat(ask(one, "show default_transaction_read_only")).isEqualTo("off");
      assertThat(ask(two, "show default_transaction_read_only")).isEqualTo("on");
      assertThat(ask(one, "show default_transaction_read_only")).isEqualTo("off");
      run(one, "set session characteristics as transaction read only");
      ask(two, "select 1");
      assertThat(ask(one, "show default_transaction_read_only")).isEqualTo("on");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "update pg_settings set setting = '11MB' where name = 'work_mem'",
        "update pg_catalog.pg_settings set setting = '11MB' where name = 'work_mem'"
      })
  void aSettingByTableIsNoOneElses(String sets) throws Exception {
    try (Connection two = alone(SIMPLE)) {
      try (Connection one = alone(SIMPLE)) {
        ask(two, "select 1");
        one.createStatement().execute(sets);
        assertThat(ask(one, "show work_mem")).isEqualTo("11MB");
      }
      assertThat(ask(two, "show work_mem")).isEqualTo("4MB");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "create table pg_temp.its_leaked (a int)",
        "create table if not exists \"pg_temp\".its_leaked (a int)",
        "create table pg_temp.its_leaked as select 1",
        "select 1 as a into pg_temp.its_leaked",
        "create view pg_temp.its_leaked as select 1",
        "create sequence pg_temp.its_leaked",
        "create type pg_temp.its_leaked as (a int)",
        "set search_path = pg_temp, public; create table its_leaked (a int)",
        "set search_path to 'pg_temp'; create table its_leaked (a int)",
        "select set_config('search_path', 'pg_temp, public', false);"
            + "create table its_leaked (a int)"
      })
  void aTemporaryTableIsNoOneElses(String makes) throws Exception {
    try (Connection one = alone(SIMPLE)) {
      for (String part : makes.split(";", -1)) {
        one.createStatement().execute(part);
      }
    }
    try (Connection two = alone(SIMPLE)) {
      assertThat(ask(two, "select to_regclass('pg_temp.its_leaked')")).isEqualTo("null");
      assertThat(ask(two, "select to_regtype('pg_temp.its_leaked')")).isEqualTo("null");
    }
  }

  private static boolean readsElsewhere(Connection connection) {
    try {
      ask(connection, "select public.goes_elsewhere()");
      return ask(connection, SELECT).equals("other");
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void whatAFunctionSetsIsKeptForNobody() throws Exception {
    String schema =
        """
        create table items (id int primary key, name text);
        insert into items values (1, 'public');
        create schema other;
        create table other.items (id int primary key, name text);
        insert into other.items values (1, 'other');
        create function goes_elsewhere() returns int language plpgsql as
          'begin perform set_config(''search_path'', ''other'', false); return 1; end';
        """;
    try (CachedStore store =
        CachedStore.start(1, 0, schema, "", "items: {store: shop, cache: {ttl: 1h}}")) {
      try (Connection one = store.connect(SIMPLE);
          Connection two = store.connect(SIMPLE)) {
        for (int i = 0; i < 10; i++) {
          store.awaitCatalogue();
          // What Terrace itself asks may take the server connection, and wipes it then.
          Await.until("it reads elsewhere", () -> readsElsewhere(one));
          assertThat(ask(two, SELECT)).isEqualTo("public");
          assertThat(ask(two, SELECT)).isEqualTo("public");
        }
      }
    }
  }
}
