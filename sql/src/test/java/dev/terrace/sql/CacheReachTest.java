package dev.terrace.sql;

import static dev.terrace.sql.TestFront.ask;
import static dev.terrace.sql.TestFront.run;
import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Writes that change more than the tables they name: what is kept must not survive them. */
final class CacheReachTest {

  private static final String SCHEMA =
      """
      create table counters (id int primary key, n int);
      create table watched (id int primary key);
      create table parents (id int primary key);
      create table children (id int primary key, parent int references parents on delete cascade,
        n int default 1);
      create table grandchildren (child int references children on delete cascade);
      create table plainly (id int primary key references parents, n int);
      create table parted (id int, n int) partition by range (id);
      create table parted_low partition of parted for values from (0) to (100);
      create table parted_high partition of parted for values from (100) to (200);
      create table ruled (id int);
      create table defaulted (id int, m int);
      create table later (id int);
      create schema other; create table other.counters (id int primary key, n int);
      create view seen as select n from counters where id = 1;
      create function bump() returns int language sql
        as 'update counters set n = n + 1 where id = 1 returning n';
      create function bumped() returns trigger language plpgsql
        as 'begin update counters set n = n + 1 where id = 1; return null; end';
      create trigger t after insert on watched for each row execute function bumped();
      create rule r as on insert to ruled do also update counters set n = n + 1 where id = 1;
      alter table defaulted alter m set default bump();
      create procedure bumping() language sql
        as 'update counters set n = n + 1 where id = 1';
      insert into counters values (1, 0); insert into other.counters values (1, 500);
      insert into parents select generate_series(1, 20);
      insert into children select g, g from generate_series(1, 20) g;
      insert into grandchildren select generate_series(1, 20);
      insert into parted select g, 1 from generate_series(1, 150, 50) g;
      """;

  private static final String TABLES =
      "counters: {store: shop, cache: {ttl: 1h}}, children: {store: shop, cache: {ttl: 1h}},"
          + " grandchildren: {store: shop, cache: {ttl: 1h}},"
          + " parted: {store: shop, cache: {ttl: 1h}}, parted_low: {store: shop, cache: {ttl: 1h}}";

  private static CachedStore store;

  @BeforeAll
  static void start() throws Exception {
    store = CachedStore.start(1, 0, SCHEMA, "", TABLES);
  }

  @AfterAll
  static void stop() {
    store.close();
  }

  private static final String COUNTER = "select n from counters where id = 1";

  /** Has a result kept, and makes sure that it is. */
  private static String keep(Connection connection, String sql) throws SQLException {
    store.awaitCatalogue();
    ask(connection, sql);
    long hits = store.events("hit");
    String value = ask(connection, sql);
    assertThat(store.events("hit")).as("%s is kept", sql).isEqualTo(hits + 1);
    return value;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "insert into watched values (1)",
        "insert into ruled values (1)",
        "insert into defaulted values (1)",
        "select bump()",
        "call bumping()",
        "do 'begin update counters set n = n + 1 where id = 1; end'",
        "with w as (update counters set n = n + 1 where id = 1 returning 1) select * from w",
        "explain analyze update counters set n = n + 1 where id = 1",
        "merge into counters c using (values (1)) v (id) on c.id = v.id when matched then update"
            + " set n = n + 1",
        "prepare p as update counters set n = n + 1 where id = 1; execute p",
        "begin; declare c cursor for select bump(); fetch all from c; commit",
        "begin; update counters set n = n + 1 where id = 1; savepoint s; rollback to s; end",
        "set search_path = public; update public.counters set n = n + 1 where id = 1",
        "create table copied as select bump()"
      })
  void whateverCountsUpIsSeen(String sql) throws Exception {
    try (Connection reader = store.connect();
        Connection writer = store.connect("preferQueryMode=simple")) {
      int before = Integer.parseInt(keep(reader, COUNTER));
      try (Statement statement = writer.createStatement()) {
        statement.execute(sql);
      }
      assertThat(ask(reader, COUNTER)).isEqualTo(Integer.toString(before + 1));
    }
  }

  @Test
  void foreignKeysCascade() throws Exception {
    String children = "select count(*) from children";
    String grandchildren = "select count(*) from grandchildren";
    try (Connection connection = store.connect()) {
      int had = Integer.parseInt(keep(connection, children));
      keep(connection, grandchildren);
      run(connection, "delete from parents where id = 7");
      assertThat(ask(connection, children)).isEqualTo(Integer.toString(had - 1));
      assertThat(ask(connection, grandchildren)).isEqualTo(Integer.toString(had - 1));
      String counter = keep(connection, COUNTER);
      run(connection, "delete from parents where id = 8");
      store.behind("update counters set n = n + 50");
      assertThat(ask(connection, COUNTER)).as("not reached").isEqualTo(counter);
    }
  }

  @Test
  void partitionsAreReadAndWrittenWithTheirTable() throws Exception {
    String all = "select sum(n) from parted";
    String low = "select sum(n) from parted_low";
    try (Connection connection = store.connect()) {
      int sum = Integer.parseInt(keep(connection, all));
      int lowSum = Integer.parseInt(keep(connection, low));
      run(connection, "update parted_low set n = n + 1 where id = 1");
      assertThat(ask(connection, all)).isEqualTo(Integer.toString(sum + 1));
      keep(connection, low);
      run(connection, "update parted set n = n + 1 where id = 1");
      assertThat(ask(connection, low)).isEqualTo(Integer.toString(lowSum + 2));
      keep(connection, low);
      run(connection, "update parted set id = 140 where id = 1");
      assertThat(ask(connection, low)).isEqualTo("1");
    }
  }

  @Test
  void tablesOfOneNameAreTakenForOne() throws Exception {
    try (Connection reader = store.connect();
        Connection writer = store.connect()) {
      run(reader, "set search_path = other");
      assertThat(keep(reader, COUNTER)).isEqualTo("500");
      run(writer, "update other.counters set n = 501");
      assertThat(ask(reader, COUNTER)).isEqualTo("501");
    }
  }

  @Test
  void viewsAreKeptIfAskedForAndTheirTablesCount() throws Exception {
    String view = "/* terrace: cache 1h */ select n from seen";
    try (Connection connection = store.connect()) {
      int before = Integer.parseInt(keep(connection, view));
      run(connection, "update counters set n = n + 1 where id = 1");
      assertThat(ask(connection, view)).isEqualTo(Integer.toString(before + 1));
    }
  }

  @Test
  void whatIsMadeLaterCountsToo() throws Exception {
    try (Connection reader = store.connect();
        Connection writer = store.connect()) {
      int before = Integer.parseInt(keep(reader, COUNTER));
      run(writer, "create trigger t after insert on later for each row execute function bumped()");
      run(writer, "insert into later values (1)");
      assertThat(ask(reader, COUNTER)).isEqualTo(Integer.toString(before + 1));
      keep(reader, COUNTER);
      run(writer, "insert into later values (2)");
      assertThat(ask(reader, COUNTER)).isEqualTo(Integer.toString(before + 2));
      // In a transaction it counts from its commit on.
      writer.setAutoCommit(false);
      run(writer, "drop trigger t on later");
      keep(reader, COUNTER);
      run(writer, "create trigger t after insert on later for each row execute function bumped()");
      run(writer, "insert into later values (3)");
      writer.commit();
      assertThat(ask(reader, COUNTER)).isEqualTo(Integer.toString(before + 3));
    }
  }

  @Test
  void whatOtherTiersWriteCounts() throws Exception {
    try (Connection reader = store.connect()) {
      keep(reader, COUNTER);
      store.behind("update counters set n = 1000 where id = 1");
      var write = store.front().tableWrites().begin("shop", "counters");
      assertThat(ask(reader, COUNTER)).isEqualTo("1000");
      store.behind("update counters set n = 1001 where id = 1");
      assertThat(ask(reader, COUNTER)).as("nothing is kept meanwhile").isEqualTo("1001");
      write.end(true);
      store.behind("update counters set n = 1002 where id = 1");
      assertThat(ask(reader, COUNTER)).isEqualTo("1002");
      assertThat(keep(reader, COUNTER)).isEqualTo("1002");
    }
  }
}
