package dev.terrace.app.server;

import static dev.terrace.app.server.ReplicatedShop.ask;
import static dev.terrace.app.server.ReplicatedShop.askServer;
import static dev.terrace.app.server.ReplicatedShop.run;
import static dev.terrace.app.server.ReplicatedShop.whoReads;
import static dev.terrace.app.server.ReplicatedShop.whoWrites;
import static org.assertj.core.api.Assertions.assertThat;

import dev.terrace.core.freshness.Role.Kind;
import dev.terrace.sandbox.PostgresServer;
import dev.terrace.testkit.Await;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;

/** Servers that are promoted, come back and diverge, while a whole Terrace is in use. */
class PromotionTest {

  /** What an application is to take for a reason to try again. */
  private static final Set<String> RETRYABLE = Set.of("57P01", "57P02", "57P03", "08006");

  @TempDir private Path folder;

  private static String port(PostgresServer server) {
    return Integer.toString(server.port());
  }

  private static String asked(PostgresServer server, String sql) {
    try {
      return askServer(server, sql);
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aPromotionIsFollowedUnderLoadAndNoAcknowledgedWriteIsLost() throws Exception {
    try (ReplicatedShop shop =
        ReplicatedShop.start(folder, 2, "health: {every: 100ms}\n    failover-wait: 20s")) {
      PostgresServer old = shop.cluster.primary(0);
      PostgresServer next = shop.cluster.replica(0, 0);
      PostgresServer other = shop.cluster.replica(0, 1);
      shop.awaitReadable(next);
      shop.awaitReadable(other);
      old.execute("alter system set synchronous_standby_names = 'shard_0_replica_1'");
      old.execute("select pg_reload_conf()");
      Await.until(
          "commits wait for the replica",
          () ->
              asked(old, "select count(*) from pg_stat_replication where sync_state = 'sync'")
                  .equals("1"));
      Load load = new Load(shop);
      load.await(200);
      old.kill();
      next.promote();
      long atPromotion = load.acknowledged.size();
      Await.until(
          "writes go on",
          ReplicatedShop.PATIENCE,
          () -> load.acknowledged.size() > atPromotion + 200);
      load.stop();
      assertThat(load.failures).allMatch(RETRYABLE::contains);
      assertThat(load.readFailures).isEmpty();
      Set<Long> kept = load.kept(next);
      assertThat(kept).containsAll(load.acknowledged);
      shop.awaitKind(other, Kind.DETACHED);
      try (Connection connection = shop.connect();
          Jedis jedis = new Jedis("127.0.0.1", shop.kvPort)) {
        assertThat(whoWrites(connection)).isEqualTo(port(next));
        assertThat(jedis.hset("row:2", "body", "by key")).isZero();
        assertThat(askServer(next, "select body from rows where id = 2")).isEqualTo("by key");
        for (int i = 0; i < 20; i++) {
          assertThat(whoReads(connection)).as("the orphan is not read").isEqualTo(port(next));
        }
        other.follow(next);
        shop.awaitReadable(other);
        old.start();
        shop.awaitKind(old, Kind.FENCED);
        for (int i = 0; i < 20; i++) {
          assertThat(whoWrites(connection)).isEqualTo(port(next));
        }
        assertThat(shop.terrace().reload()).isEmpty();
        assertThat(whoWrites(connection)).as("after a reload").isEqualTo(port(next));
      }
      assertThat(askServer(old, "select body from rows where id = 1")).isEqualTo("row 1");
      shop.restart();
      try (Connection connection = shop.connect()) {
        assertThat(whoWrites(connection)).as("after a restart").isEqualTo(port(next));
      }
    }
  }

  /** Writers that each insert one row after the other, and readers, until they are stopped. */
  private static final class Load {
    final Set<Long> acknowledged = new ConcurrentSkipListSet<>();
    final List<String> failures = new CopyOnWriteArrayList<>();
    final List<String> readFailures = new CopyOnWriteArrayList<>();
    private final AtomicLong ids = new AtomicLong(1_000);
    private final AtomicBoolean stop = new AtomicBoolean();
    private final ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor();
    private final List<Future<?>> running = new ArrayList<>();

    Load(ReplicatedShop shop) {
      for (int i = 0; i < 8; i++) {
        String options = i % 2 == 0 ? "prepareThreshold=1" : "preferQueryMode=simple";
        running.add(clients.submit(() -> write(shop, options)));
        running.add(clients.submit(() -> read(shop, options)));
      }
    }

    private Void write(ReplicatedShop shop, String options) throws SQLException {
      try (Connection connection = shop.connect(options)) {
        while (!stop.get()) {
          long id = ids.incrementAndGet();
          try {
            run(connection, "insert into rows values (" + id + ", 'load')");
            acknowledged.add(id);
          } catch (SQLException e) {
            failures.add(e.getSQLState());
          }
        }
      }
      return null;
    }

    private Void read(ReplicatedShop shop, String options) throws SQLException {
      try (Connection connection = shop.connect(options)) {
        while (!stop.get()) {
          try {
            ask(connection, "select body from rows where id = 3");
          } catch (SQLException e) {
            readFailures.add(e.getSQLState() + " " + e.getMessage());
          }
        }
      }
      return null;
    }

    void await(int writes) {
      Await.until("writes run", ReplicatedShop.PATIENCE, () -> acknowledged.size() > writes);
    }

    void stop() throws Exception {
      stop.set(true);
      for (Future<?> one : running) {
        one.get();
      }
      clients.close();
    }

    Set<Long> kept(PostgresServer server) throws SQLException {
      Set<Long> kept = new ConcurrentSkipListSet<>();
      String ids = askServer(server, "select string_agg(id::text, ',') from rows");
      for (String id : ids.split(",", -1)) {
        kept.add(Long.parseLong(id));
      }
      return kept;
    }
  }
}
