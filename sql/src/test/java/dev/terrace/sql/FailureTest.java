package dev.terrace.sql;

import static dev.terrace.sql.TestFront.ask;
import static dev.terrace.sql.TestFront.run;
import static dev.terrace.testkit.SharedPostgres.userOn;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.terrace.core.pool.MemberState;
import dev.terrace.sandbox.PostgresCluster;
import dev.terrace.sandbox.PostgresSpec;
import dev.terrace.testkit.Await;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Servers that die while they are used. The cluster is this test's own. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class FailureTest {

  private static PostgresCluster cluster;
  private static TestFront front;

  @BeforeAll
  static void start() throws Exception {
    cluster = PostgresCluster.start(PostgresSpec.of(2, 1));
    for (int shard = 0; shard < 2; shard++) {
      cluster
          .primary(shard)
          .execute(
              "create table users (id bigint primary key, name text);"
                  + "insert into users select g, 'user ' || g from generate_series(1, 200) g");
    }
    cluster.awaitReplicas();
    front = TestFront.over(cluster, "");
  }

  @AfterAll
  static void stop() {
    front.close();
    cluster.close();
  }

  private static String recovery(int shard) {
    return "select pg_is_in_recovery() from users where id = " + userOn(shard);
  }

  @Test
  @Order(1)
  void readsGoOnWhenAReplicaIsKilled() throws Exception {
    front.replicasHold(Duration.ZERO);
    AtomicBoolean stop = new AtomicBoolean();
    AtomicInteger reads = new AtomicInteger();
    try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> all = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        String options = i % 2 == 0 ? "prepareThreshold=1" : "preferQueryMode=simple";
        all.add(
            clients.submit(() -> {
              readUntil(stop, reads, options);
              return null;
            }));
      }
      Await.until("reads run", () -> reads.get() > 50);
      cluster.replica(0, 0).kill();
      int before = reads.get();
      Await.until("reads go on", () -> reads.get() > before + 50);
      stop.set(true);
      for (Future<?> one : all) {
        one.get();
      }
    }
    try (Connection connection = front.connect()) {
      assertThat(ask(connection, recovery(0))).as("the primary answers").isEqualTo("f");
    }
    Await.until("nothing is in hand", () -> front.inFlight() == 0);
    cluster.replica(0, 0).start();
    try (Connection connection = front.connect()) {
      Await.until(
          "the replica is read from again",
          () -> {
            try {
              return ask(connection, recovery(0)).equals("t");
            } catch (SQLException e) {
              throw new AssertionError(e);
            }
          });
    }
  }

  /** Reads one shard, and simple queries both shards, until told to stop; counts each round. */
  private static void readUntil(AtomicBoolean stop, AtomicInteger reads, String options)
      throws SQLException {
    try (Connection connection = front.connect(options)) {
      while (!stop.get()) {
        ask(connection, recovery(0));
        if (options.startsWith("prefer")) {
          // Extended, its description may be with the client before its rows.
          ask(connection, "select id, name from users");
        }
        reads.incrementAndGet();
      }
    }
  }

  @Test
  @Order(2)
  void aPrimaryThatDiesIsAnErrorAndTheSessionLivesOn() throws Exception {
    String write = "update users set name = 'x' where id = " + userOn(0);
    try (Connection connection = front.connect();
        Connection open = front.connect()) {
      run(connection, write);
      open.setAutoCommit(false);
      run(open, write);
      cluster.primary(0).kill();
      assertThatThrownBy(() -> run(connection, write))
          .isInstanceOfSatisfying(
              SQLException.class,
              e -> {
                assertThat(e.getSQLState()).isIn("57P03", "08006");
                assertThat(e.getMessage()).contains("shard 0's primary");
              });
      assertThatThrownBy(() -> run(open, write))
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getSQLState()).isIn("57P01", "57P02", "08006"));
      assertThatThrownBy(() -> run(open, write))
          .isInstanceOf(SQLException.class)
          .hasMessageMatching("(?s).*(aborted|lost).*");
      open.rollback();
      assertThat(run(connection, "update users set name = 'y' where id = " + userOn(1)))
          .as("the other shard is served")
          .isEqualTo(1);
      front.setHealth("shop/0/primary", MemberState.DOWN);
      assertThatThrownBy(() -> run(connection, write))
          .isInstanceOfSatisfying(
              SQLException.class,
              e -> {
                assertThat(e.getSQLState()).isEqualTo("57P03");
                assertThat(e.getMessage()).contains("told so by the test");
              });
      cluster.primary(0).start();
      front.setHealth("shop/0/primary", MemberState.UP);
      assertThat(run(connection, write)).isEqualTo(1);
      run(open, write);
      open.commit();
    }
    Await.until("nothing is in hand", () -> front.inFlight() == 0);
  }

  /** The client is between two statements then, and knows nothing of it. */
  @ParameterizedTest
  @Order(3)
  @CsvSource({
    "preferQueryMode=simple, false",
    "prepareThreshold=0, false",
    "prepareThreshold=1, true",
    "preferQueryMode=simple, true"
  })
  void whatDiedWithItsServerIsNotCommitted(String options, boolean onBothShards) throws Exception {
    long user = userOn(0);
    String name = "/* terrace: primary */ select name from users where id = " + user;
    try (Connection open = front.connect(options)) {
      String before = ask(open, name);
      begun(open, user, onBothShards);
      assertThatThrownBy(open::commit)
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getSQLState()).isIn("57P01", "57P02", "08006"));
      open.commit();
      assertThat(ask(open, name)).isEqualTo(before);
      open.commit();
      Savepoint savepoint = begun(open, user, onBothShards);
      assertThatThrownBy(() -> open.rollback(savepoint)).isInstanceOf(SQLException.class);
      open.rollback();
      assertThat(ask(open, name)).isEqualTo(before);
      run(open, "update users set name = 'kept' where id = " + user);
      open.commit();
      assertThat(ask(open, name)).isEqualTo("kept");
      open.commit();
    }
    Await.until("nothing is in hand", () -> front.inFlight() == 0);
  }

  /** Writes in a transaction whose server dies, which Terrace notices. */
  private static Savepoint begun(Connection open, long user, boolean onBothShards)
      throws Exception {
    Await.until("nothing is in hand", () -> front.inFlight() == 0);
    open.setAutoCommit(false);
    run(open, "update users set name = 'lost' where id = " + user);
    if (onBothShards) {
      run(open, "update users set name = 'lost' where id = " + userOn(1));
    }
    Savepoint savepoint = open.setSavepoint();
    int inHand = front.inFlight();
    cluster.primary(0).kill();
    cluster.primary(0).start();
    Await.until("the loss is noticed", () -> front.inFlight() == inHand - 1);
    return savepoint;
  }

  @Test
  @Order(4)
  void aPausedServerHoldsUpItsOwnShardOnly() throws Exception {
    try (Connection connection = front.connect()) {
      cluster.primary(1).pause();
      try {
        assertThat(run(connection, "update users set name = 'z' where id = " + userOn(0)))
            .isEqualTo(1);
      } finally {
        cluster.primary(1).resume();
      }
    }
  }
}
