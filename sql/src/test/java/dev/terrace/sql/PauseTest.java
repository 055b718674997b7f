package dev.terrace.sql;

import static dev.terrace.sql.TestFront.ask;
import static dev.terrace.sql.TestFront.run;
import static dev.terrace.sql.Wire.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.terrace.core.signal.Metric;
import dev.terrace.sql.operate.Pause;
import dev.terrace.sql.operate.PauseScope;
import dev.terrace.sql.operate.PauseScope.What;
import dev.terrace.testkit.Await;
import dev.terrace.testkit.RawClient;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;

/** Work is held back from a store, and goes on; sessions are ended. */
final class PauseTest extends FrontTest {

  private static final Duration LONG = Duration.ofSeconds(20);

  @BeforeAll
  static void start() throws Exception {
    front = TestFront.over(TestFront.sharedCluster(), "pause-wait: 20s");
  }

  private interface Work {
    String run() throws Exception;
  }

  private static CompletableFuture<String> later(Work work) {
    CompletableFuture<String> done = new CompletableFuture<>();
    Thread.startVirtualThread(() -> {
      try {
        done.complete(work.run());
      } catch (Exception e) {
        done.completeExceptionally(e);
      }
    });
    return done;
  }

  private static void awaitPaused(int count) {
    Await.until("statements wait", () -> front.level(Metric.SQL_PAUSED) == count);
  }

  private static int drained(Pause pause, Duration patience) throws Exception {
    return pause.drained(patience).get(20, TimeUnit.SECONDS);
  }

  @Test
  void whatRunsGoesOnToItsEndAndTheRestWaits() throws Exception {
    try (Connection running = front.connect();
        Connection simple = front.connect("preferQueryMode=simple");
        Connection extended = front.connect();
        Connection across = front.connect()) {
      run(running, "delete from notes where id between 8000 and 8100");
      running.setAutoCommit(false);
      run(running, "insert into notes (id, body) values (8001, 'begun before')");
      try (Pause pause = front.front.pauses().begin(PauseScope.everything("shop"))) {
        assertThat(drained(pause, Duration.ofMillis(50))).as("one still runs").isEqualTo(1);
        CompletableFuture<String> one =
            later(() ->
                Integer.toString(run(simple, "insert into notes (id, body) values (8002, 'b')")));
        CompletableFuture<String> two =
            later(() -> ask(extended, "select count(*) from notes where id = 8001"));
        CompletableFuture<String> three =
            later(() -> ask(across, "select count(*) from notes where id between 8001 and 8010"));
        awaitPaused(3);
        CompletableFuture<Integer> drained = pause.drained(LONG);
        for (int id = 8003; id <= 8006; id++) {
          // Other shards, which it has not used yet.
          run(running, "insert into notes (id, body) values (" + id + ", 'begun before')");
        }
        assertThat(drained).isNotDone();
        running.commit();
        assertThat(drained.get(20, TimeUnit.SECONDS)).isZero();
        assertThat(one).isNotDone();
        assertThat(two).isNotDone();
        assertThat(three).isNotDone();
        assertThat(front.shardsWith("notes", "id = 8002")).as("nothing went through").isEmpty();
        pause.resume();
        assertThat(one.get(20, TimeUnit.SECONDS)).isEqualTo("1");
        assertThat(two.get(20, TimeUnit.SECONDS)).isEqualTo("1");
        assertThat(Integer.parseInt(three.get(20, TimeUnit.SECONDS))).isGreaterThanOrEqualTo(5);
      }
      awaitPaused(0);
    }
  }

  @Test
  void readsGoOnWhileWritesArePaused() throws Exception {
    try (Connection reader = front.connect();
        Connection writer = front.connect();
        Connection transaction = front.connect();
        Pause pause = front.front.pauses().begin(PauseScope.writes("shop"))) {
      assertThat(drained(pause, LONG)).isZero();
      assertThat(ask(reader, "select count(*) from notes where id = -1")).isEqualTo("0");
      assertThat(ask(reader, "select count(*) from notes")).isNotEmpty();
      transaction.setAutoCommit(false);
      CompletableFuture<String> held =
          later(() -> ask(transaction, "select count(*) from notes where id = -1"));
      CompletableFuture<String> wrote =
          later(() -> Integer.toString(run(writer, "update notes set body = 'w' where id > 8500")));
      awaitPaused(2);
      pause.resume();
      assertThat(held.get(20, TimeUnit.SECONDS)).isEqualTo("0");
      assertThat(wrote.get(20, TimeUnit.SECONDS)).isNotNull();
      transaction.rollback();
    }
  }

  @Test
  void aShardMayBePausedAlone() throws Exception {
    PauseScope second = new PauseScope("shop", OptionalInt.of(1), What.EVERYTHING);
    try (Connection first = front.connect();
        Connection waits = front.connect();
        Pause pause = front.front.pauses().begin(second)) {
      assertThat(drained(pause, LONG)).isZero();
      assertThat(ask(first, "/* terrace: shard=0 */ select 'zero'")).isEqualTo("zero");
      for (int i = 0; i < 10; i++) {
        assertThat(ask(first, "select 'any'")).isEqualTo("any");
      }
      CompletableFuture<String> held =
          later(() -> ask(waits, "/* terrace: shard=1 */ select 'one'"));
      awaitPaused(1);
      try (Pause another = front.front.pauses().begin(PauseScope.everything("shop"))) {
        pause.resume();
        assertThat(another.scope().store()).isEqualTo("shop");
        awaitPaused(1);
      }
      assertThat(held.get(20, TimeUnit.SECONDS)).isEqualTo("one");
    }
  }

  @Test
  void nobodyWaitsForEver() throws Exception {
    try (TestFront own =
            TestFront.over(front.cluster(), "pause-wait: 100ms", "{from: primary}", 1);
        Connection connection = own.connect()) {
      ask(connection, "select 1");
      try (Pause pause = own.front.pauses().begin(PauseScope.everything("shop"))) {
        assertThat(pause.scope().store()).isEqualTo("shop");
        assertThatThrownBy(() -> ask(connection, "select 1"))
            .isInstanceOfSatisfying(
                SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("57P03"))
            .hasMessageContaining("paused");
        assertThatThrownBy(() -> ask(connection, "select count(*) from notes"))
            .isInstanceOfSatisfying(
                SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("57P03"));
      }
      assertThat(ask(connection, "select 1")).isEqualTo("1");
    }
  }

  @Test
  void whoWaitsMayCancelOrLeave() throws Exception {
    try (Connection stays = front.connect();
        Statement waiting = stays.createStatement();
        Connection leaves = front.connect();
        Pause pause = front.front.pauses().begin(PauseScope.everything("shop"))) {
      CompletableFuture<String> held =
          later(() -> String.valueOf(waiting.execute("select count(*) from notes")));
      CompletableFuture<String> gone = later(() -> ask(leaves, "select 1"));
      awaitPaused(2);
      waiting.cancel();
      assertThatThrownBy(() -> held.get(20, TimeUnit.SECONDS)).hasMessageContaining("user request");
      leaves.abort(Runnable::run);
      assertThatThrownBy(() -> gone.get(20, TimeUnit.SECONDS)).isNotNull();
      awaitPaused(0);
      pause.resume();
      assertThat(ask(stays, "select 1")).isEqualTo("1");
    }
  }

  @Test
  void aKilledSessionIsToldAndWhatItRanIsCancelled() throws Exception {
    try (Connection victim = front.connect("ApplicationName=victim");
        Connection bystander = front.connect()) {
      // In a transaction, so that it is the primary that runs it.
      victim.setAutoCommit(false);
      int pid = victim.unwrap(PGConnection.class).getBackendPID();
      CompletableFuture<String> runs =
          later(() -> ask(victim, "/* terrace: shard=0 */ select pg_sleep(20), 'killed here'"));
      String sleeping =
          "select count(*) from pg_stat_activity where state = 'active' and query like"
              + " '%killed here%' and pid <> pg_backend_pid()";
      Await.until("it runs", () -> count(sleeping).equals("1"));
      assertThat(front.front.kill(OptionalInt.of(pid), "").get(20, TimeUnit.SECONDS)).isEqualTo(1);
      assertThatThrownBy(() -> runs.get(20, TimeUnit.SECONDS))
          .cause()
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("57P01"));
      Await.until("it is cancelled", () -> count(sleeping).equals("0"));
      assertThat(ask(bystander, "select 1")).isEqualTo("1");
      assertThat(front.front.kill(OptionalInt.of(pid), "").get(20, TimeUnit.SECONDS)).isZero();
      assertThat(front.front.kill(OptionalInt.empty(), "nobody").get(20, TimeUnit.SECONDS))
          .isZero();
      assertThat(front.front.kill(OptionalInt.empty(), "shop").get(20, TimeUnit.SECONDS))
          .isPositive();
      assertThatThrownBy(() -> ask(bystander, "select 1"))
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("57P01"));
    }
  }

  private static String count(String sql) {
    try {
      return TestFront.askServer(front.cluster().primary(0), sql);
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void whatIsBoundToTheShardsThereAreIsWaitedFor() throws Exception {
    try (RawClient client = Wire.loggedIn(front.port(), "shop", "shop")) {
      client.send(Wire.message('P', text(""), text("update notes set body = 'b'"), new byte[2]));
      client.send(Wire.message('B', text(""), text(""), new byte[6]));
      client.send(Wire.message('H')).readUntil("2\0\0\0\4");
      try (Pause pause = front.front.pauses().begin(PauseScope.placement("shop"))) {
        assertThat(drained(pause, Duration.ofMillis(50))).isEqualTo(1);
        client.send(Wire.message('S')).readUntil("Z\0\0\0\5I");
        assertThat(drained(pause, LONG)).isZero();
      }
    }
  }
}
