package dev.terrace.app.server;

import static dev.terrace.app.server.ReplicatedShop.askServer;
import static dev.terrace.app.server.ReplicatedShop.whoReads;
import static dev.terrace.app.server.ReplicatedShop.whoWrites;
import static org.assertj.core.api.Assertions.assertThat;

import dev.terrace.core.freshness.Role.Kind;
import dev.terrace.sandbox.PostgresServer;
import dev.terrace.testkit.Await;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;

/** Servers that are promoted, come back and diverge, while a whole Terrace is in use. */
class PromotionTest {

  /** What an application is to take for a reason to try again. */
  static final Set<String> RETRYABLE = Set.of("57P01", "57P02", "57P03", "08006");

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

  /** One that is further could not follow another. */
  private static PostgresServer furthest(List<PostgresServer> replicas) {
    return replicas.stream().max(Comparator.comparingLong(PromotionTest::received)).orElseThrow();
  }

  private static long received(PostgresServer replica) {
    return Long.parseLong(asked(replica, "select (pg_last_wal_receive_lsn() - '0/0')::bigint"));
  }

  @Test
  void aPromotionIsFollowedUnderLoadAndNoAcknowledgedWriteIsLost() throws Exception {
    try (ReplicatedShop shop =
        ReplicatedShop.start(folder, 2, "health: {every: 100ms}\n    failover-wait: 20s")) {
      PostgresServer old = shop.cluster.primary(0);
      List<PostgresServer> replicas = shop.replicas();
      replicas.forEach(shop::awaitReadable);
      commitTogether(old);
      Load load = new Load(shop);
      load.await(200);
      old.kill();
      PostgresServer next = furthest(replicas);
      PostgresServer other = replicas.get(1 - replicas.indexOf(next));
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
        assertReadOnlyAt(connection, port(next));
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

  /** Commits wait for the first replica from now on. */
  private static void commitTogether(PostgresServer old) throws SQLException {
    old.execute("alter system set synchronous_standby_names = 'shard_0_replica_1'");
    old.execute("select pg_reload_conf()");
    Await.until(
        "commits wait for the replica",
        () ->
            asked(old, "select count(*) from pg_stat_replication where sync_state = 'sync'")
                .equals("1"));
  }

  private static void assertReadOnlyAt(Connection connection, String port) throws SQLException {
    for (int i = 0; i < 20; i++) {
      assertThat(whoReads(connection)).as("the orphan is not read").isEqualTo(port);
    }
  }
}
