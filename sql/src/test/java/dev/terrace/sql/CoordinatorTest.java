package dev.terrace.sql;

import static dev.terrace.sql.TestFront.ask;
import static dev.terrace.sql.TestFront.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.terrace.testkit.Await;
import java.io.StringWriter;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Pattern;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.PGConnection;

/** Reads that need rows of several shards together, by a coordinator on the first shard. */
final class CoordinatorTest {

  private static final long SEED = 20261128;
  private static final String ACROSS =
      "select count(*) from customers a join purchases p on p.product = a.age - 20";

  private static ShardedTables tables;

  @BeforeAll
  static void start() throws Exception {
    tables =
        ShardedTables.start(
            SEED, "", "coordinator: {database: shop_all, every: 200ms, patience: 20s}");
  }

  @AfterAll
  static void stop() {
    tables.close();
  }

  private static List<List<String>> rows(Connection connection, String sql) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql);
        ResultSet result = statement.executeQuery()) {
      List<List<String>> rows = new ArrayList<>();
      while (result.next()) {
        List<String> row = new ArrayList<>();
        for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
          row.add(result.getMetaData().getColumnName(i) + "=" + result.getString(i));
        }
        rows.add(row);
      }
      return rows;
    }
  }

  private static void refused(ThrowingCallable asked, String sqlState, String message) {
    assertThatThrownBy(asked)
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getSQLState()).as("%s", e).isEqualTo(sqlState))
        .hasMessageContaining(message);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "select c.name, p.id from customers c join purchases p on p.product = c.age - 20"
            + " where c.id < 40 order by c.id, p.id",
        "select id, name from customers where id in (select customer_id from purchases where qty > 3)"
            + " order by id",
        "select id, row_number() over (order by name, id) n, sum(score) over (order by id)"
            + " from customers order by id",
        "with spent as (select customer_id, sum(amount) s from purchases where amount < 1000 group by"
            + " customer_id) select c.city, max(s.s) from customers c join spent s on s.customer_id ="
            + " c.id group by c.city order by c.city nulls last",
        "select city from customers where id < 99 intersect select status from purchases union"
            + " select kind from goods order by 1",
        "select id from customers except select customer_id from purchases order by id",
        "select distinct on (city) city, id, name from customers order by city nulls first, id",
        "select city, vip, count(*), grouping(city, vip) from customers group by cube (city, vip)"
            + " order by 1 nulls first, 2 nulls first, 4",
        "select c.id, (select max(p.made) from purchases p where p.product = c.small) from customers c"
            + " order by c.id",
        "select c.id, p.id from customers c full join purchases p on p.customer_id = c.id and p.qty = 1"
            + " order by c.id nulls last, p.id nulls last",
        "select c.id, l.id from customers c cross join lateral (select p.id from purchases p where"
            + " p.product > c.small order by p.id limit 2) l where c.id < 20 order by 1, 2",
        "select name, string_agg(tag, ',' order by tag, id) from customers where id in (select"
            + " customer_id from purchases) group by name order by name nulls first",
        "select g.label, c.name from goods g left join customers c on c.small = g.id order by g.id,"
            + " c.id",
        "select seen::date, born, span, weight, ref, note, ratio from customers c, purchases p where"
            + " c.age = 20 + p.qty and p.id < 60 order by c.id, p.id",
        "select name from customers where id > 5 and name > (select min(name) from customers) order by"
            + " name, id limit 20",
        "select c from customers c where id in (select customer_id from purchases) order by c.id"
      })
  void itAnswersAsOneServerDoes(String sql) throws Exception {
    for (String options :
        List.of("preferQueryMode=simple", "prepareThreshold=0", "prepareThreshold=-1")) {
      try (Connection plain = tables.plain(options);
          Connection sharded = tables.sharded(options)) {
        assertThat(rows(sharded, sql)).as(options).isNotEmpty().isEqualTo(rows(plain, sql));
        assertThat(rows(sharded, sql)).as("again").isEqualTo(rows(plain, sql));
        assertThat(ask(sharded, "select current_database()")).isEqualTo("shop");
      }
    }
  }

  @Test
  void boundParametersAndSettingsOfTheSessionReachIt() throws Exception {
    String sql =
        "select c.id, c.seen::text from customers c join purchases p on p.product = c.age - ? where"
            + " c.name = ? order by 1, 2";
    for (String options : List.of("prepareThreshold=0", "prepareThreshold=-1")) {
      try (Connection plain = tables.plain(options);
          Connection sharded = tables.sharded(options)) {
        List<List<String>> answers = new ArrayList<>();
        for (Connection connection : List.of(plain, sharded)) {
          run(connection, "set timezone = 'Asia/Tokyo'");
          try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setInt(1, 20);
            statement.setString(2, "Zoë");
            List<String> rows = new ArrayList<>();
            try (ResultSet result = statement.executeQuery()) {
              while (result.next()) {
                rows.add(result.getLong(1) + " " + result.getString(2));
              }
            }
            answers.add(rows);
          }
        }
        assertThat(answers.get(1)).isEqualTo(answers.get(0)).isNotEmpty();
      }
    }
  }

  @Test
  void changesOfTheSchemaAreFollowed() throws Exception {
    try (Connection sharded = tables.sharded("preferQueryMode=simple")) {
      ask(sharded, ACROSS);
      run(sharded, "alter table goods add column shelf int default 7");
      assertThat(
              ask(
                  sharded,
                  "select sum(g.shelf) from goods g where g.id in (select product from purchases)"))
          .isEqualTo("84");
      for (int shard = 0; shard < 3; shard++) {
        tables.cluster().primary(shard).execute("alter table goods rename column shelf to board");
      }
      Await.until(
          "it is noticed",
          () -> {
            try {
              return ask(
                      sharded,
                      "select sum(g.board) from goods g where g.id in (select product from"
                          + " purchases)")
                  .equals("84");
            } catch (SQLException e) {
              return false;
            }
          });
    }
  }

  @Test
  void aTableWithATypeThatItLacksIsLeftOut() throws Exception {
    for (int shard = 0; shard < 3; shard++) {
      tables
          .cluster()
          .primary(shard)
          .execute("create domain grade as int; create table extra (id bigint, grade grade)");
    }
    try (Connection sharded = tables.sharded("preferQueryMode=simple")) {
      run(sharded, "alter table goods add column grade grade");
      refused(
          () -> ask(sharded, "select 1 from goods g join customers c on c.age = g.id, purchases p"),
          "0A000",
          "the coordinator has no type public.grade");
      assertThat(ask(sharded, ACROSS)).isNotEmpty();
      run(sharded, "alter table goods drop column grade");
      assertThat(ask(sharded, "select 1 from goods g join customers c on c.small = 0, purchases p"))
          .isEqualTo("1");
    }
  }

  @Test
  void whatItCannotKnowIsRefusedWithTheReason() throws Exception {
    try (Connection sharded = tables.sharded("preferQueryMode=simple")) {
      refused(
          () ->
              ask(
                  sharded,
                  "select c.id, c.name from customers c join purchases p on p.product = c.age group"
                      + " by c.id"),
          "0A000",
          "GROUP BY");
      assertThatThrownBy(() ->
              ask(sharded, "select c.nothing from customers c, purchases p where p.id = c.age"))
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("42703"));
      assertThat(ask(sharded, ACROSS)).isNotEmpty();
    }
  }

  @Test
  void transactionsMayAskItUntilTheyWriteOrSet() throws Exception {
    String one = "select name is not null or true from customers where id = 1";
    try (Connection sharded = tables.sharded("")) {
      sharded.setAutoCommit(false);
      String count = ask(sharded, ACROSS);
      assertThat(ask(sharded, one)).isEqualTo("t");
      assertThat(ask(sharded, ACROSS)).isEqualTo(count);
      assertThat(ask(sharded, one)).isEqualTo("t");
      run(sharded, "savepoint here");
      refused(() -> ask(sharded, ACROSS + " where 1 / (a.id - a.id) = 1"), "22012", "zero");
      refused(() -> ask(sharded, one), "25P02", "aborted");
      run(sharded, "rollback to here");
      assertThat(ask(sharded, ACROSS)).isEqualTo(count);
      run(sharded, "update customers set age = age where id = 1");
      refused(() -> ask(sharded, ACROSS), "0A000", "cannot see what a transaction has written");
      sharded.rollback();
      run(sharded, "set local timezone to 'Asia/Tokyo'");
      refused(() -> ask(sharded, ACROSS), "0A000", "cannot see what a transaction has written");
      sharded.rollback();
      assertThat(ask(sharded, one)).isEqualTo("t");
      run(sharded, "set local timezone to 'Asia/Tokyo'");
      refused(() -> ask(sharded, ACROSS), "0A000", "cannot see what a transaction has written");
      sharded.rollback();
      assertThat(ask(sharded, ACROSS)).isEqualTo(count);
      sharded.commit();
      refused(() -> ask(sharded, ACROSS + " where 1 / (a.id - a.id) = 1"), "22012", "zero");
      refused(() -> ask(sharded, ACROSS), "25P02", "aborted");
      sharded.rollback();
      sharded.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
      refused(() -> ask(sharded, ACROSS), "0A000", "READ COMMITTED");
    }
    Await.until("no server is left in a transaction", this::noneInTransaction);
  }

  private boolean noneInTransaction() {
    try {
      for (int shard = 0; shard < 3; shard++) {
        String open =
            TestFront.askServer(
                tables.cluster().primary(shard),
                "select count(*) from pg_stat_activity where state like 'idle in%'");
        if (!open.equals("0")) {
          return false;
        }
      }
      return true;
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void conditionsOnTheKeyStillChooseShards() throws Exception {
    try (Connection sharded = tables.sharded("")) {
      String plan =
          rows(
                  sharded,
                  "explain select * from customers c join purchases p on p.product = c.age where"
                      + " c.id = 42")
              .toString();
      assertThat(Pattern.compile("customers\\.\\d").matcher(plan).results().count()).isEqualTo(1);
      assertThat(plan).contains("purchases.0", "purchases.1", "purchases.2");
    }
  }

  @Test
  void itsRowsCanBeCopied() throws Exception {
    try (Connection sharded = tables.sharded("");
        StringWriter copied = new StringWriter()) {
      sharded
          .unwrap(PGConnection.class)
          .getCopyAPI()
          .copyOut(
              "copy (select id from customers where id < 4 and name || id not in (select status from"
                  + " purchases where status is not null) order by id) to stdout",
              copied);
      assertThat(copied.toString()).isEqualTo("2\n3\n");
    }
  }

  @Test
  void rowsInPartsAreRefused() throws Exception {
    try (Connection sharded = tables.sharded("");
        Statement statement = sharded.createStatement()) {
      sharded.setAutoCommit(false);
      statement.setFetchSize(2);
      refused(
          () -> statement.executeQuery("select a.id from customers a, purchases b"),
          "0A000",
          "fetched in parts");
      sharded.rollback();
      assertThat(ask(sharded, ACROSS)).isNotEmpty();
      sharded.rollback();
    }
  }

  @Test
  void itCanBeCancelled() throws Exception {
    try (Connection sharded = tables.sharded("");
        Statement statement = sharded.createStatement();
        ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      ask(sharded, ACROSS);
      Future<?> asked =
          clients.submit(() ->
              statement.execute(
                  "select count(*) from purchases a, purchases b, purchases c, purchases d where"
                      + " a.qty + b.qty + c.qty + d.qty > 7"));
      Await.until(
          "it runs",
          () -> {
            try {
              return !TestFront.askServer(
                      tables.cluster().primary(0),
                      "select count(*) from pg_stat_activity where datname = 'shop_all' and state ="
                          + " 'active' and query like '%purchases d%'")
                  .equals("0");
            } catch (SQLException e) {
              throw new AssertionError(e);
            }
          });
      statement.cancel();
      assertThatThrownBy(asked::get).hasMessageContaining("cancel");
      assertThat(ask(sharded, ACROSS)).isNotEmpty();
    }
  }

  @Test
  void aTransactionOverShardsIsSeenWholeOrNotAtAll() throws Exception {
    String total = "select sum(small) from customers where id in (select c.id from customers c)";
    AtomicBoolean stop = new AtomicBoolean();
    try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor();
        Connection reader = tables.sharded("")) {
      String expected = ask(reader, total);
      List<Future<?>> writers = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        int from = 1 + 2 * i;
        writers.add(
            clients.submit(() -> {
              try (Connection writer = tables.sharded("")) {
                writer.setAutoCommit(false);
                while (!stop.get()) {
                  for (int to = 20; to < 24; to++) {
                    move(writer, from, to);
                  }
                }
              }
              return null;
            }));
      }
      for (int i = 0; i < 60; i++) {
        assertThat(ask(reader, total)).isEqualTo(expected);
      }
      stop.set(true);
      for (Future<?> writer : writers) {
        writer.get();
      }
    } finally {
      stop.set(true);
    }
  }

  /** There and back, so that the plain tables stay the same. */
  private static void move(Connection writer, int from, int to) throws SQLException {
    for (int step : List.of(1, -1)) {
      run(writer, "update customers set small = small - " + step + " where id = " + from);
      run(writer, "update customers set small = small + " + step + " where id = " + to);
      writer.commit();
    }
  }

  @Test
  void oneThatIsDownLeavesOtherStatementsServed() throws Exception {
    try (ShardedTables lost =
            ShardedTables.start(
                SEED,
                "",
                "coordinator: {database: shop_all, server: 127.0.0.1:1, patience: 300ms}");
        Connection sharded = lost.sharded("")) {
      refused(() -> ask(sharded, ACROSS), "57P03", "the coordinator is not available");
      assertThat(ask(sharded, "select count(*) from customers")).isEqualTo("150");
      refused(() -> ask(sharded, ACROSS), "57P03", "the coordinator is not available");
    }
  }
}
