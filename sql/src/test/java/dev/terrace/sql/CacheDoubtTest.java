package dev.terrace.sql;

import static dev.terrace.sql.TestFront.ask;
import static dev.terrace.sql.TestFront.run;
import static org.assertj.core.api.Assertions.assertThat;

import dev.terrace.core.signal.Metric;
import dev.terrace.testkit.Await;
import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Kept results where it is not known what a server has: replicas that lag, writes in doubt. */
final class CacheDoubtTest {

  private static CachedStore store;

  @BeforeAll
  static void start() throws Exception {
    store =
        CachedStore.start(
            1,
            1,
            "create table counters (id int primary key, n int);"
                + "insert into counters values (1, 0), (4, 0);"
                + "create table doubted (id int primary key, n int);"
                + "insert into doubted values (1, 0)",
            "",
            "counters: {store: shop, cache: {ttl: 1h}}");
  }

  @AfterAll
  static void stop() {
    store.close();
  }

  private static void keep(Connection connection, String sql) throws SQLException {
    ask(connection, sql);
    long hits = store.events("hit");
    ask(connection, sql);
    assertThat(store.events("hit")).as("%s is kept", sql).isEqualTo(hits + 1);
  }

  @Test
  void aWriteWhoseClientHasLeftMayStillComeAbout() throws Exception {
    String sql = "/* terrace: cache 1h */ select n from doubted where id = 1";
    try (Connection reader = store.connect();
        Connection locks = store.cluster().primary(0).connect()) {
      keep(reader, sql);
      locks.setAutoCommit(false);
      run(locks, "update doubted set n = n where id = 1");
      Connection writer = store.connect();
      Thread.startVirtualThread(() -> update(writer));
      Await.until("the write waits for the lock", () -> locksAwaited() == 1);
      writer.abort(Runnable::run);
      Await.until("nobody is told of it", () -> clients() == 1);
      assertThat(ask(reader, sql)).isEqualTo("0");
      locks.commit();
      Await.until("it has come about", () -> answersBehind("select n from doubted", "77"));
      // What is not kept may be asked there.
      store.cluster().awaitReplicas();
      assertThat(ask(reader, sql)).isEqualTo("77");
      keep(reader, "select n from counters where id = 1");
    }
  }

  @Test
  void whatIsKeptComesFromThePrimary() throws Exception {
    String sql = "select n from counters where id = 4";
    store.cluster().awaitReplicas();
    store.cluster().replica(0, 0).execute("select pg_wal_replay_pause()");
    try (Connection writer = store.connect();
        Connection reader = store.connect()) {
      run(writer, "update counters set n = 5 where id = 4");
      assertThat(ask(reader, "/* terrace: no-cache */ " + sql)).as("a replica lags").isEqualTo("0");
      assertThat(ask(reader, sql)).isEqualTo("5");
      keep(reader, sql);
    } finally {
      store.cluster().replica(0, 0).execute("select pg_wal_replay_resume()");
    }
  }

  private static void update(Connection writer) {
    try {
      run(writer, "update doubted set n = 77 where id = 1");
    } catch (SQLException e) {
      // It is cut off.
    }
  }

  private static int locksAwaited() {
    return answersBehind("select count(*) from pg_locks where not granted", "0") ? 0 : 1;
  }

  private static double clients() {
    return store.level(Metric.SQL_CLIENTS);
  }

  private static boolean answersBehind(String sql, String expected) {
    try {
      return TestFront.askServer(store.cluster().primary(0), sql).equals(expected);
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }
}
