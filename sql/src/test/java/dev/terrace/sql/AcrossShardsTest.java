package dev.terrace.sql;

import static dev.terrace.sql.TestFront.ask;
import static dev.terrace.sql.TestFront.askServer;
import static dev.terrace.sql.TestFront.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.terrace.testkit.Await;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Transactions that read and write on several shards. */
final class AcrossShardsTest extends FrontTest {

  /** Keys of the first and of the second shard. */
  private static final long[] FIRST = new long[4];

  private static final long[] SECOND = new long[4];

  @BeforeAll
  static void start() throws Exception {
    front = TestFront.over(TestFront.sharedCluster(), "in-doubt-every: 100ms");
    int first = 0;
    int second = 0;
    try (Connection connection = front.connect()) {
      for (long id = 70_000_000; first < 4 || second < 4; id++) {
        run(connection, "insert into notes (id, body) values (" + id + ", 'probe')");
        boolean onFirst = front.shardsWith("notes", "id = " + id).equals("0");
        run(connection, "delete from notes where id = " + id);
        if (onFirst && first < 4) {
          FIRST[first++] = id;
        } else if (!onFirst && second < 4) {
          SECOND[second++] = id;
        }
      }
    }
  }

  @BeforeEach
  void empty() throws Exception {
    try (Connection connection = front.connect()) {
      run(connection, "delete from notes where id >= 70000000 and id < 71000000");
    }
  }

  private static void insert(Connection connection, long id, String body) throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement("insert into notes (id, body) values (?, ?)")) {
      insert.setLong(1, id);
      insert.setString(2, body);
      insert.executeUpdate();
    }
  }

  private static String body(Connection connection, long id) throws SQLException {
    return ask(connection, "select body from notes where id = " + id);
  }

  private static String prepared() throws SQLException {
    String all = "select count(*) from pg_prepared_xacts where gid like 'terrace%'";
    return askServer(front.cluster().primary(0), all) + askServer(front.cluster().primary(1), all);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "prepareThreshold=1",
        "prepareThreshold=1&binaryTransfer=true",
        "preferQueryMode=simple"
      })
  void aTransactionWritesOnAllShardsOrOnNone(String options) throws Exception {
    try (Connection connection = front.connect(options)) {
      connection.setAutoCommit(false);
      for (int i = 0; i < 3; i++) {
        insert(connection, FIRST[i], "one");
        insert(connection, SECOND[i], "two");
        assertThat(body(connection, FIRST[i])).isEqualTo("one");
        assertThat(body(connection, SECOND[i])).isEqualTo("two");
      }
      assertThat(front.shardsWith("notes", "id >= 70000000 and body in ('one', 'two')")).isEmpty();
      connection.commit();
      assertThat(front.shardsWith("notes", "id >= 70000000 and body in ('one', 'two')"))
          .isEqualTo("01");
      assertThat(prepared()).isEqualTo("00");

      insert(connection, FIRST[3], "gone");
      insert(connection, SECOND[3], "gone");
      connection.rollback();
      assertThat(front.shardsWith("notes", "body = 'gone'")).isEmpty();
      connection.setAutoCommit(true);
      assertThat(body(connection, FIRST[0])).isEqualTo("one");
    }
    assertThat(front.inFlight()).isZero();
  }

  @Test
  void anErrorOnOneShardFailsTheWholeTransaction() throws Exception {
    try (Connection connection = front.connect()) {
      insert(connection, SECOND[0], "there");
      connection.setAutoCommit(false);
      insert(connection, FIRST[0], "new");
      assertThatThrownBy(() -> insert(connection, SECOND[0], "new"))
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("23505"));
      assertThatThrownBy(() -> body(connection, FIRST[0]))
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("25P02"));
      connection.rollback();
      connection.setAutoCommit(true);
      assertThat(body(connection, FIRST[0])).isEqualTo("no row");
      assertThat(body(connection, SECOND[0])).isEqualTo("there");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "preferQueryMode=simple"})
  void savepointsCoverAllShards(String options) throws Exception {
    try (Connection connection = front.connect(options)) {
      connection.setAutoCommit(false);
      insert(connection, FIRST[0], "kept");
      Savepoint savepoint = connection.setSavepoint("here");
      insert(connection, FIRST[1], "undone");
      insert(connection, SECOND[1], "undone");
      connection.rollback(savepoint);
      insert(connection, SECOND[2], "kept");
      Savepoint second = connection.setSavepoint("there");
      insert(connection, SECOND[3], "undone");
      assertThatThrownBy(() -> insert(connection, SECOND[2], "twice"))
          .isInstanceOf(SQLException.class);
      connection.rollback(second);
      connection.releaseSavepoint(second);
      connection.commit();
      connection.setAutoCommit(true);
      assertThat(ask(connection, "select body from notes where id = " + FIRST[0]))
          .isEqualTo("kept");
      assertThat(body(connection, SECOND[2])).isEqualTo("kept");
      assertThat(front.shardsWith("notes", "body = 'undone'")).isEmpty();
    }
  }

  @Test
  void settingsOfATransactionHoldOnServersThatComeLater() throws Exception {
    try (Connection connection = front.connect()) {
      connection.setAutoCommit(false);
      insert(connection, FIRST[0], "x");
      run(connection, "set local time zone 'Asia/Tokyo'");
      assertThat(
              ask(
                  connection,
                  "select current_setting('timezone') from notes where id = " + FIRST[0]))
          .isEqualTo("Asia/Tokyo");
      insert(connection, SECOND[0], "x");
      assertThat(
              ask(
                  connection,
                  "select current_setting('timezone') from notes where id = " + SECOND[0]))
          .isEqualTo("Asia/Tokyo");
      run(connection, "set local time zone 'Asia/Seoul'");
      for (long id : new long[] {FIRST[0], SECOND[0]}) {
        assertThat(
                ask(connection, "select current_setting('timezone') from notes where id = " + id))
            .isEqualTo("Asia/Seoul");
      }
      connection.commit();
      connection.setAutoCommit(true);
      assertThat(
              ask(
                  connection,
                  "select current_setting('timezone') from notes where id = " + SECOND[0]))
          .isNotEqualTo("Asia/Seoul");
    }
  }

  @Test
  void aBatchOutsideOfATransactionIsOnAllShardsOrOnNone() throws Exception {
    try (Connection connection = front.connect();
        PreparedStatement insert =
            connection.prepareStatement("insert into notes (id, body) values (?, 'batch')")) {
      for (int i = 0; i < 4; i++) {
        insert.setLong(1, FIRST[i]);
        insert.addBatch();
        insert.setLong(1, SECOND[i]);
        insert.addBatch();
      }
      assertThat(insert.executeBatch()).hasSize(8).containsOnly(1);
      assertThat(front.shardsWith("notes", "body = 'batch'")).isEqualTo("01");
      assertThat(prepared()).isEqualTo("00");
      run(connection, "delete from notes where id = " + FIRST[0]);
      insert.setLong(1, FIRST[0]);
      insert.addBatch();
      insert.setLong(1, SECOND[0]);
      insert.addBatch();
      assertThatThrownBy(insert::executeBatch).isInstanceOf(SQLException.class);
      assertThat(body(connection, FIRST[0])).isEqualTo("no row");
      assertThat(body(connection, SECOND[0])).isEqualTo("batch");
    }
  }

  @Test
  void cursorsStayWhereTheyWereOpened() throws Exception {
    try (Connection connection = front.connect()) {
      for (int i = 0; i < 4; i++) {
        insert(connection, FIRST[i], "c" + i);
      }
      connection.setAutoCommit(false);
      try (Statement statement = connection.createStatement();
          PreparedStatement fetched =
              connection.prepareStatement("select id from users where id = ?")) {
        statement.execute("declare c cursor for select body from notes where id = " + FIRST[1]);
        insert(connection, SECOND[0], "elsewhere");
        try (ResultSet rows = statement.executeQuery("fetch 1 from c")) {
          assertThat(rows.next()).isTrue();
          assertThat(rows.getString(1)).isEqualTo("c1");
        }
        fetched.setFetchSize(1);
      }
      connection.rollback();
    }
  }

  @Test
  void deferredConstraintsThatFailAtCommitUndoAllShards() throws Exception {
    for (int shard = 0; shard < 2; shard++) {
      front
          .cluster()
          .primary(shard)
          .execute(
              "create or replace function no_bad() returns trigger language plpgsql as"
                  + " $$begin if new.body = 'bad' then raise exception 'no bad' using errcode ="
                  + " '23514'; end if; return new; end$$;"
                  + "drop trigger if exists no_bad on notes;"
                  + "create constraint trigger no_bad after insert on notes deferrable initially"
                  + " deferred for each row execute function no_bad()");
    }
    try (Connection connection = front.connect()) {
      for (boolean firstIsBad : new boolean[] {true, false}) {
        connection.setAutoCommit(false);
        insert(connection, FIRST[0], firstIsBad ? "bad" : "good");
        insert(connection, SECOND[0], firstIsBad ? "good" : "bad");
        assertThatThrownBy(connection::commit)
            .isInstanceOfSatisfying(
                SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("23514"));
        connection.setAutoCommit(true);
        assertThat(front.shardsWith("notes", "body in ('good', 'bad')")).isEmpty();
        assertThat(prepared()).isEqualTo("00");
      }
    } finally {
      for (int shard = 0; shard < 2; shard++) {
        front.cluster().primary(shard).execute("drop trigger if exists no_bad on notes");
      }
    }
  }

  @Test
  void aClientThatGoesAwayLeavesNothing() throws Exception {
    try (Connection connection = front.connect()) {
      connection.setAutoCommit(false);
      insert(connection, FIRST[0], "left");
      insert(connection, SECOND[0], "left");
    }
    assertThat(front.shardsWith("notes", "body = 'left'")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "prepareThreshold=1", "preferQueryMode=simple"})
  void statementsOverAllShardsArePartsOfTheTransaction(String options) throws Exception {
    try (Connection connection = front.connect(options)) {
      for (int i = 0; i < 4; i++) {
        insert(connection, FIRST[i], "before");
        insert(connection, SECOND[i], "before");
      }
      connection.setAutoCommit(false);
      assertThat(run(connection, "update notes set body = 'after' where body = 'before'"))
          .isEqualTo(8);
      assertThat(ask(connection, "select count(*) from notes where body = 'after'")).isEqualTo("8");
      run(connection, "delete from notes where id = " + SECOND[1]);
      assertThat(ask(connection, "select count(*) from notes where body = 'after'")).isEqualTo("7");
      assertThat(front.shardsWith("notes", "body = 'after'")).isEmpty();
      connection.rollback();
      assertThat(ask(connection, "select count(*) from notes where body = 'before'"))
          .isEqualTo("8");
      assertThat(run(connection, "update notes set body = 'after' where body = 'before'"))
          .isEqualTo(8);
      connection.commit();
      connection.setAutoCommit(true);
      assertThat(ask(connection, "select count(*) from notes where body = 'after'")).isEqualTo("8");
      assertThat(prepared()).isEqualTo("00");
    }
    assertThat(front.inFlight()).isZero();
  }

  @Test
  void anErrorInAStatementOverAllShardsCanBeUndoneToASavepoint() throws Exception {
    try (Connection connection = front.connect()) {
      insert(connection, FIRST[0], "x");
      insert(connection, SECOND[0], "x");
      connection.setAutoCommit(false);
      insert(connection, FIRST[1], "kept");
      Savepoint savepoint = connection.setSavepoint();
      assertThatThrownBy(() -> run(connection, "update notes set body = (1 / (id - id))::text"))
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("22012"));
      assertThatThrownBy(() -> body(connection, SECOND[0])).isInstanceOf(SQLException.class);
      connection.rollback(savepoint);
      assertThat(body(connection, SECOND[0])).isEqualTo("x");
      connection.commit();
      connection.setAutoCommit(true);
      assertThat(body(connection, FIRST[1])).isEqualTo("kept");
    }
  }

  @Test
  void moneyThatMovesBetweenShardsIsNeitherLostNorSeenTwice() throws Exception {
    try (Connection connection = front.connect()) {
      for (int i = 0; i < 4; i++) {
        insert(connection, FIRST[i], "100");
        insert(connection, SECOND[i], "100");
      }
    }
    AtomicBoolean stop = new AtomicBoolean();
    AtomicInteger moved = new AtomicInteger();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> all = new ArrayList<>();
      for (int worker = 0; worker < 3; worker++) {
        int seed = worker;
        all.add(threads.submit(() -> transfer(seed, stop, moved)));
      }
      all.add(threads.submit(() -> watch(stop, true)));
      all.add(threads.submit(() -> watch(stop, false)));
      Await.until("money moves", () -> moved.get() > 300 || all.stream().anyMatch(Future::isDone));
      stop.set(true);
      for (var one : all) {
        one.get();
      }
    }
    assertThat(moved.get()).isGreaterThan(300);
    assertThat(prepared()).isEqualTo("00");
  }

  private static Void transfer(int seed, AtomicBoolean stop, AtomicInteger moved)
      throws SQLException {
    SplittableRandom random = new SplittableRandom(seed);
    try (Connection connection = front.connect()) {
      connection.setAutoCommit(false);
      while (!stop.get()) {
        int at = random.nextInt(4);
        run(connection, "update notes set body = (body::int - 1)::text where id = " + FIRST[at]);
        run(connection, "update notes set body = (body::int + 1)::text where id = " + SECOND[at]);
        connection.commit();
        moved.incrementAndGet();
      }
    }
    return null;
  }

  private static Void watch(AtomicBoolean stop, boolean inTransaction) throws SQLException {
    String sum = "select sum(body::int) from notes where id >= 70000000 and id < 71000000";
    try (Connection connection = front.connect()) {
      while (!stop.get()) {
        connection.setAutoCommit(!inTransaction);
        String found = ask(connection, inTransaction ? sum : "/* terrace: primary */ " + sum);
        assertThat(found).isEqualTo("800");
        if (inTransaction) {
          connection.commit();
        }
      }
    }
    return null;
  }
}
