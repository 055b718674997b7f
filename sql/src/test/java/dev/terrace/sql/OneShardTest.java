package dev.terrace.sql;

import static dev.terrace.sql.TestFront.ask;
import static dev.terrace.sql.TestFront.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.terrace.core.place.Key;
import dev.terrace.sandbox.PostgresCluster;
import dev.terrace.testkit.SharedPostgres;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.util.PSQLException;

/** Statements that one shard answers, by every way that pgjdbc has of sending them. */
final class OneShardTest extends FrontTest {

  private static PostgresCluster cluster;
  private static final AtomicLong NEXT = new AtomicLong(1_000_000);

  @BeforeAll
  static void start() throws Exception {
    cluster = TestFront.sharedCluster();
    front = TestFront.over(cluster, "");
  }

  private static int shardOf(long user) {
    return SharedPostgres.placement("users").locate(new Key.Whole(user)).shard();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "prepareThreshold=0",
        "prepareThreshold=1",
        "prepareThreshold=5",
        "preferQueryMode=simple",
        "preferQueryMode=extendedForPrepared",
        "preferQueryMode=extendedCacheEverything",
        "prepareThreshold=1&binaryTransfer=true&prepareThreshold=-1"
      })
  void everyKeyIsReadAndWrittenOnItsShard(String options) throws Exception {
    long base = NEXT.getAndAdd(100);
    try (Connection connection = front.connect(options)) {
      try (PreparedStatement insert =
          connection.prepareStatement("insert into notes (id, body) values (?, ?)")) {
        for (int i = 0; i < 12; i++) {
          insert.setLong(1, base + i);
          insert.setString(2, "note " + i);
          assertThat(insert.executeUpdate()).isEqualTo(1);
        }
      }
      try (PreparedStatement select =
          connection.prepareStatement("select id, body from notes where id = ?")) {
        for (int i = 0; i < 12; i++) {
          select.setLong(1, base + i);
          try (ResultSet rows = select.executeQuery()) {
            assertThat(rows.next()).isTrue();
            assertThat(rows.getLong(1)).isEqualTo(base + i);
            assertThat(rows.getString(2)).isEqualTo("note " + i);
            assertThat(rows.next()).isFalse();
          }
        }
      }
    }
    for (int i = 0; i < 12; i++) {
      assertThat(front.shardsWith("notes", "id = " + (base + i)))
          .isEqualTo(Integer.toString(shardOf(base + i)));
    }
  }

  @Test
  void textKeysFindTheirShardToo() throws Exception {
    try (Connection connection = front.connect("prepareThreshold=1");
        PreparedStatement insert =
            connection.prepareStatement("insert into words (word, n) values (?, ?)")) {
      for (String word : new String[] {"alpha", "beta", "gamma", "ümläut", ""}) {
        insert.setString(1, word);
        insert.setInt(2, 1);
        insert.executeUpdate();
        assertThat(ask(connection, "select n from words where word = '" + word + "'"))
            .isEqualTo("1");
        assertThat(front.shardsWith("words", "word = '" + word + "'")).hasSize(1);
      }
    }
  }

  @Test
  void readsGoToReplicasAndWritesToPrimaries() throws Exception {
    front.replicasHold(Duration.ZERO);
    try (Connection connection = front.connect()) {
      assertThat(ask(connection, "select pg_is_in_recovery() from users where id = 1"))
          .isEqualTo("t");
      assertThat(
              ask(
                  connection,
                  "update users set name = name where id = 1 returning pg_is_in_recovery()"))
          .isEqualTo("f");
      assertThat(ask(connection, "select pg_is_in_recovery() from users where id = 1 for update"))
          .isEqualTo("f");
    }
  }

  @Test
  void aSessionsReadsSeeItsOwnWrites() throws Exception {
    front.replicasHold(Duration.ZERO);
    try (Connection connection = front.connect();
        Connection other = front.connect()) {
      String where = "select pg_is_in_recovery() from users where id = 2";
      assertThat(ask(connection, where)).isEqualTo("t");
      run(connection, "update users set name = 'changed' where id = 2");
      assertThat(ask(connection, where)).isEqualTo("f");
      assertThat(ask(connection, "select name from users where id = 2")).isEqualTo("changed");
      assertThat(ask(other, where)).as("another session may still read there").isEqualTo("t");
      front.replicasHold(Duration.ZERO);
      assertThat(ask(connection, where)).as("once it is proven to hold it").isEqualTo("t");
    }
  }

  @Test
  void aReplicaThatLagsIsNotReadFrom() throws Exception {
    try (TestFront lagging = TestFront.over(cluster, "")) {
      for (int shard = 0; shard < 2; shard++) {
        lagging.progress.note(
            cluster.replica(shard, 0).address(),
            TestFront.near(Duration.ZERO, Duration.ofSeconds(3)));
      }
      try (Connection connection = lagging.connect()) {
        assertThat(ask(connection, "select pg_is_in_recovery() from users where id = 1"))
            .isEqualTo("f");
      }
    }
  }

  @Test
  void aTransactionRunsOnOneShardAndIsUndoneAsAWhole() throws Exception {
    try (Connection connection = front.connect("prepareThreshold=1")) {
      connection.setAutoCommit(false);
      run(connection, "insert into notes (id, body) values (2000001, 'a')");
      assertThat(ask(connection, "select body from notes where id = 2000001")).isEqualTo("a");
      connection.rollback();
      assertThat(ask(connection, "select body from notes where id = 2000001")).isEqualTo("no row");
      run(connection, "insert into notes (id, body) values (2000001, 'b')");
      connection.commit();
      assertThat(ask(connection, "select body from notes where id = 2000001")).isEqualTo("b");
      connection.commit();
    }
    assertThat(front.shardsWith("notes", "id = 2000001")).hasSize(1);
  }

  @Test
  void aStatementForAnotherShardFailsTheTransactionIfTheFileSaysSo() throws Exception {
    long first = 3_000_000;
    long second = first + 1;
    while (shardOf(second) == shardOf(first)) {
      second++;
    }
    String insert = "insert into notes (id, body) values (" + first + ", 'x')";
    String across = "insert into notes (id, body) values (" + second + ", 'y')";
    front.configure("across-shards: refuse", "{from: replicas}");
    for (String options : new String[] {"", "preferQueryMode=simple", "prepareThreshold=1"}) {
      try (Connection connection = front.connect(options)) {
        connection.setAutoCommit(false);
        run(connection, insert);
        assertThatThrownBy(() -> run(connection, across))
            .isInstanceOfSatisfying(
                PSQLException.class,
                e -> {
                  assertThat(e.getSQLState()).isEqualTo("0A000");
                  assertThat(String.valueOf(e.getServerErrorMessage())).contains("sharding key");
                });
        assertThatThrownBy(() -> run(connection, insert))
            .isInstanceOfSatisfying(
                SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("25P02"));
        connection.rollback();
        assertThat(ask(connection, "select count(*) from notes where id = " + first))
            .isEqualTo("0");
        connection.commit();
      }
    }
    front.configure("", "{from: replicas}");
  }

  @Test
  void aFailedTransactionBehavesAsPostgresDoes() throws Exception {
    try (Connection connection = front.connect()) {
      connection.setAutoCommit(false);
      run(connection, "insert into notes (id, body) values (4000001, 'a')");
      assertThatThrownBy(
              () -> run(connection, "insert into notes (id, body) values (4000001, 'again')"))
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("23505"));
      assertThatThrownBy(() -> ask(connection, "select 1 from notes where id = 4000001"))
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("25P02"));
      connection.rollback();
      assertThat(front.shardsWith("notes", "id = 4000001")).isEmpty();
    }
  }

  @Test
  void savepointsWork() throws Exception {
    try (Connection connection = front.connect("autosave=always")) {
      connection.setAutoCommit(false);
      run(connection, "insert into notes (id, body) values (4100001, 'a')");
      assertThatThrownBy(
              () -> run(connection, "insert into notes (id, body) values (4100001, 'again')"))
          .isInstanceOf(SQLException.class);
      assertThat(ask(connection, "select body from notes where id = 4100001")).isEqualTo("a");
      connection.commit();
      assertThat(front.shardsWith("notes", "id = 4100001")).hasSize(1);
    }
  }

  @Test
  void largeValuesPass() throws Exception {
    String large = "x".repeat(10_000_000);
    try (Connection connection = front.connect();
        PreparedStatement insert =
            connection.prepareStatement("insert into notes (id, body) values (5000001, ?)")) {
      insert.setString(1, large);
      insert.executeUpdate();
      assertThat(ask(connection, "select body from notes where id = 5000001")).isEqualTo(large);
      assertThat(ask(connection, "select length('" + large + "')")).isEqualTo("10000000");
    }
  }

  @Test
  void aCursorFetchesInPieces() throws Exception {
    try (Connection connection = front.connect()) {
      connection.setAutoCommit(false);
      try (PreparedStatement select =
          connection.prepareStatement(
              "select g from users, generate_series(1, 1000) g where id = ?")) {
        select.setFetchSize(100);
        select.setLong(1, 1);
        int rows = 0;
        try (ResultSet result = select.executeQuery()) {
          while (result.next()) {
            rows++;
          }
        }
        assertThat(rows).isEqualTo(1000);
      }
      connection.commit();
    }
  }

  @Test
  void batchesGoToTheirShard() throws Exception {
    try (Connection connection = front.connect("prepareThreshold=1");
        PreparedStatement insert =
            connection.prepareStatement(
                "insert into orders (id, user_id, product_id, quantity, price_cents, status)"
                    + " values (?, ?, 1, 1, 1, 'new')")) {
      connection.setAutoCommit(false);
      for (int i = 0; i < 100; i++) {
        insert.setLong(1, 7_000_000 + i);
        insert.setLong(2, 7_000_000);
        insert.addBatch();
      }
      assertThat(insert.executeBatch()).hasSize(100).containsOnly(1);
      connection.commit();
    }
    assertThat(front.shardsWith("orders", "user_id = 7000000")).hasSize(1);
  }
}
