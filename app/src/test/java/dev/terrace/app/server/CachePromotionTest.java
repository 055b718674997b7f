package dev.terrace.app.server;

import static dev.terrace.app.server.ReplicatedShop.ask;
import static dev.terrace.app.server.ReplicatedShop.askServer;
import static dev.terrace.app.server.ReplicatedShop.run;
import static dev.terrace.app.server.ReplicatedShop.whoWrites;
import static org.assertj.core.api.Assertions.assertThat;

import dev.terrace.core.freshness.Role.Kind;
import dev.terrace.sandbox.PostgresServer;
import dev.terrace.testkit.Await;
import dev.terrace.testkit.CountingClients;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Results are kept, and their primary becomes another. */
class CachePromotionTest {

  private static final String STORE =
      "health: {every: 100ms}\n    failover-wait: 20s\n    reads: {from: primary}";
  private static final String READ = "select n from counters where id = 1";

  @TempDir private Path folder;

  private static CountingClients clients(ReplicatedShop shop) throws SQLException {
    try (Connection connection = shop.connect()) {
      CountingClients.fill(connection);
    }
    return new CountingClients(shop::connect, 2000, 200);
  }

  private static long hits(ReplicatedShop shop) throws SQLException {
    try (Connection connection = shop.connect()) {
      return Long.parseLong(ask(connection, "select hits from terrace.cache"));
    }
  }

  private static void awaitSynchronous(PostgresServer primary) throws SQLException {
    primary.execute("alter system set synchronous_standby_names = '*'");
    primary.execute("select pg_reload_conf()");
    Await.until("commits wait for the replica", () -> isSynchronous(primary));
  }

  private static boolean isSynchronous(PostgresServer primary) {
    try {
      return askServer(
              primary, "select count(*) from pg_stat_replication where sync_state = 'sync'")
          .equals("1");
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  /** Reads until it comes out of what is kept. */
  private static void keep(ReplicatedShop shop, Connection connection, String value) {
    Await.until(
        value + " is kept",
        ReplicatedShop.PATIENCE,
        () -> {
          try {
            long before = hits(shop);
            return ask(connection, READ).equals(value) && hits(shop) > before;
          } catch (SQLException e) {
            throw new AssertionError(e);
          }
        });
  }

  @Test
  void nobodyReadsWhatIsOlderThanKnownWhileAKilledPrimaryIsReplaced() throws Exception {
    try (ReplicatedShop shop = ReplicatedShop.start(folder, 1, STORE)) {
      PostgresServer old = shop.cluster.primary(0);
      PostgresServer next = shop.cluster.replica(0, 0);
      shop.awaitReadable(next);
      CountingClients clients = clients(shop);
      awaitSynchronous(old);
      long before = hits(shop);
      clients.run(
          7,
          2,
          number -> {
            if (number == 0) {
              old.kill();
              next.promote();
              shop.awaitKind(next, Kind.PRIMARY);
            } else {
              old.start();
              shop.awaitKind(old, Kind.FENCED);
            }
          });
      assertThat(clients.failures()).isSubsetOf(PromotionTest.RETRYABLE);
      assertThat(hits(shop) - before).isGreaterThan(clients.steps() / 10);
      clients.assertSettled();
    }
  }

  @Test
  void norInPlannedFailovers() throws Exception {
    try (ReplicatedShop shop = ReplicatedShop.start(folder, 2, STORE)) {
      shop.replicas().forEach(shop::awaitReadable);
      CountingClients clients = clients(shop);
      long before = hits(shop);
      clients.run(
          8,
          2,
          number -> {
            PostgresServer next = shop.cluster.replica(0, number);
            shop.awaitReadable(next);
            FailoverTest.Said said =
                FailoverTest.failover(shop, "--to", next.address(), "--repoint");
            assertThat(said.status()).as(said.out()).isZero();
          });
      assertThat(clients.failures()).isSubsetOf(PromotionTest.RETRYABLE);
      assertThat(hits(shop) - before).isGreaterThan(clients.steps() / 10);
      clients.assertSettled();
    }
  }

  @Test
  void whatAPromotionHasLostIsKeptNoMore() throws Exception {
    try (ReplicatedShop shop = ReplicatedShop.start(folder, 1, STORE);
        Connection connection = shop.connect()) {
      PostgresServer old = shop.cluster.primary(0);
      PostgresServer next = shop.cluster.replica(0, 0);
      shop.awaitReadable(next);
      CountingClients.fill(connection);
      shop.cluster.awaitReplicas();
      next.execute("alter system set primary_conninfo = ''");
      next.execute("select pg_reload_conf()");
      shop.awaitKind(next, Kind.DETACHED);
      run(connection, "update counters set n = 77 where id = 1");
      keep(shop, connection, "77");
      next.promote();
      shop.awaitKind(next, Kind.PRIMARY);
      assertThat(ask(connection, READ)).as("77 is lost").isEqualTo("0");
      assertThat(whoWrites(connection)).isEqualTo(Integer.toString(next.port()));
      keep(shop, connection, "0");
      shop.awaitKind(old, Kind.FENCED);
      assertThat(ask(connection, READ)).isEqualTo("0");
    }
  }

  @Test
  void whatAPrimaryHasLostInACrashIsKeptNoMore() throws Exception {
    try (ReplicatedShop shop = ReplicatedShop.start(folder, 1, STORE);
        Connection connection = shop.connect()) {
      PostgresServer primary = shop.cluster.primary(0);
      CountingClients.fill(connection);
      primary.execute("alter system set wal_writer_delay = '10s'");
      primary.execute("alter system set wal_writer_flush_after = '1GB'");
      primary.execute("select pg_reload_conf()");
      primary.execute("checkpoint");
      run(connection, "set synchronous_commit = off");
      run(connection, "update counters set n = 77 where id = 1");
      run(connection, "reset synchronous_commit");
      keep(shop, connection, "77");
      primary.kill();
      shop.awaitKind(primary, Kind.SILENT);
      assertThat(ask(connection, READ)).as("nobody can know better").isEqualTo("77");
      primary.start();
      shop.awaitKind(primary, Kind.PRIMARY);
      String truth = askServer(primary, READ);
      assertThat(Set.of("0", "77")).contains(truth);
      assertThat(ask(connection, READ)).isEqualTo(truth);
    }
  }
}
