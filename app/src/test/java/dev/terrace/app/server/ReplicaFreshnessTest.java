package dev.terrace.app.server;

import static dev.terrace.app.server.ReplicatedShop.ask;
import static dev.terrace.app.server.ReplicatedShop.run;
import static dev.terrace.app.server.ReplicatedShop.whoReads;
import static dev.terrace.app.server.ReplicatedShop.whoWrites;
import static org.assertj.core.api.Assertions.assertThat;

import dev.terrace.core.freshness.Role.Kind;
import dev.terrace.sandbox.PostgresServer;
import dev.terrace.testkit.Await;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What may be read where, with real checks of real replicas. */
class ReplicaFreshnessTest {

  @TempDir private Path folder;

  private static void awaitRead(Connection connection, PostgresServer from) {
    Await.until(
        from.name() + " is read from",
        ReplicatedShop.PATIENCE,
        () -> {
          try {
            return whoReads(connection).equals(Integer.toString(from.port()));
          } catch (SQLException e) {
            throw new AssertionError(e);
          }
        });
  }

  @Test
  void aReplicaThatStandsStillIsNotReadByWhoMustSeeMore() throws Exception {
    String store = "health: {every: 100ms}\n    reads: {max-lag: 60s}";
    try (ReplicatedShop shop = ReplicatedShop.start(folder, 1, store)) {
      PostgresServer primary = shop.cluster.primary(0);
      PostgresServer replica = shop.cluster.replica(0, 0);
      shop.awaitReadable(replica);
      try (Connection writer = shop.connect();
          Connection follower = shop.connect();
          Connection other = shop.connect()) {
        awaitRead(other, replica);
        replica.execute("select pg_wal_replay_pause()");
        run(writer, "update rows set body = 'new' where id = 5");
        String token = ask(writer, "show terrace.after");
        run(follower, "set terrace.after = '" + token + "'");
        for (int i = 0; i < 30; i++) {
          assertThat(ask(writer, "select body from rows where id = 5")).isEqualTo("new");
          assertThat(ask(follower, "select body from rows where id = 5")).isEqualTo("new");
          assertThat(whoReads(follower)).isEqualTo(Integer.toString(primary.port()));
          assertThat(ask(other, "select body from rows where id = 5")).isEqualTo("row 5");
        }
        assertThat(metrics(shop)).containsPattern("terrace_sql_replica_lag_bytes\\{[^}]*} [1-9]");
        replica.execute("select pg_wal_replay_resume()");
        awaitRead(writer, replica);
        awaitRead(follower, replica);
        assertThat(ask(follower, "select body from rows where id = 5")).isEqualTo("new");
      }
    }
  }

  private static String metrics(ReplicatedShop shop) throws Exception {
    URI uri = URI.create("http://127.0.0.1:" + shop.adminPort + "/metrics");
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString()).body();
    }
  }

  @Test
  void aReplicaThatLacksTooManyBytesIsNotRead() throws Exception {
    String store = "health: {every: 100ms}\n    reads: {max-lag-bytes: 64KB}";
    try (ReplicatedShop shop = ReplicatedShop.start(folder, 1, store)) {
      PostgresServer primary = shop.cluster.primary(0);
      PostgresServer replica = shop.cluster.replica(0, 0);
      shop.awaitReadable(replica);
      try (Connection reader = shop.connect()) {
        awaitRead(reader, replica);
        replica.execute("select pg_wal_replay_pause()");
        primary.execute(
            "insert into rows select g, repeat('x', 100) from generate_series(1000, 4000) g");
        awaitRead(reader, primary);
        Await.until(
            "it says why",
            () -> shop.reason("shop/0/replicas", replica).orElse("").contains("max-lag-bytes"));
        replica.execute("select pg_wal_replay_resume()");
        awaitRead(reader, replica);
      }
    }
  }

  @Test
  void aPrimaryThatIsMadeAStandbyIsNotWrittenToAndTheWriteWaits() throws Exception {
    String store = "health: {every: 100ms}\n    failover-wait: 60s";
    try (ReplicatedShop shop = ReplicatedShop.start(folder, 1, store);
        ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      PostgresServer old = shop.cluster.primary(0);
      PostgresServer next = shop.cluster.replica(0, 0);
      shop.awaitReadable(next);
      try (Connection connection = shop.connect();
          Connection simple = shop.connect("preferQueryMode=simple")) {
        assertThat(whoWrites(connection)).isEqualTo(Integer.toString(old.port()));
        old.follow(next);
        Future<String> waiting = clients.submit(() -> whoWrites(connection));
        Future<String> waitingToo = clients.submit(() -> whoWrites(simple));
        shop.awaitKind(old, Kind.DETACHED);
        assertThat(waiting.isDone()).isFalse();
        next.promote();
        assertThat(waiting.get()).isEqualTo(Integer.toString(next.port()));
        assertThat(waitingToo.get()).isEqualTo(Integer.toString(next.port()));
      }
    }
  }
}
