package dev.terrace.app.server;

import static dev.terrace.app.server.ReplicatedShop.askServer;
import static dev.terrace.app.server.ReplicatedShop.whoReads;
import static dev.terrace.app.server.ReplicatedShop.whoWrites;
import static org.assertj.core.api.Assertions.assertThat;

import dev.terrace.app.cli.TerraceCommand;
import dev.terrace.core.freshness.Role.Kind;
import dev.terrace.sandbox.PostgresServer;
import dev.terrace.testkit.Await;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** {@code terrace failover} against a whole Terrace with real servers. */
class FailoverTest {

  @TempDir private Path folder;

  record Said(int status, String out) {}

  static Said failover(ReplicatedShop shop, String... arguments) {
    StringWriter out = new StringWriter();
    CommandLine line = TerraceCommand.commandLine();
    line.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(out, true));
    String[] all = new String[arguments.length + 4];
    all[0] = "failover";
    all[1] = "shop";
    all[2] = "--admin";
    all[3] = "127.0.0.1:" + shop.adminPort;
    System.arraycopy(arguments, 0, all, 4, arguments.length);
    return new Said(line.execute(all), out.toString());
  }

  @Test
  void aSwitchOverUnderLoadLosesNothing() throws Exception {
    try (ReplicatedShop shop = ReplicatedShop.start(folder, 2, "")) {
      PostgresServer old = shop.cluster.primary(0);
      PostgresServer next = shop.cluster.replica(0, 0);
      PostgresServer other = shop.cluster.replica(0, 1);
      shop.awaitReadable(next);
      shop.awaitReadable(other);
      Load load = new Load(shop);
      load.await(200);
      Said said = failover(shop, "--to", next.address(), "--repoint");
      assertThat(said.out()).contains("\"to\":\"" + next.address() + "\"", "\"timeline\":2");
      assertThat(said.out()).contains("\"lostBytesMax\":null");
      assertThat(said.status()).isZero();
      load.await(load.acknowledged.size() + 200);
      load.stop();
      assertThat(load.readFailures).isEmpty();
      assertThat(load.kept(next)).containsAll(load.acknowledged);
      try (Connection connection = shop.connect()) {
        assertThat(whoWrites(connection)).isEqualTo(Integer.toString(next.port()));
      }
      shop.awaitKind(old, Kind.FENCED);
      shop.awaitReadable(other);
      assertThat(askServer(other, "select sender_port from pg_stat_wal_receiver"))
          .isEqualTo(Integer.toString(next.port()));
      assertThat(askServer(old, "show default_transaction_read_only")).isEqualTo("on");
      // It wrote to its log once more when it stopped: its history is another, if by little.
      old.follow(next);
      Await.until(
          "it is a standby that never streams",
          () -> Set.of(Kind.DETACHED, Kind.ORPHANED).contains(shop.kind(old)));
      try (Connection connection = shop.connect()) {
        for (int i = 0; i < 50; i++) {
          assertThat(whoReads(connection)).isNotEqualTo(Integer.toString(old.port()));
        }
      }
      assertThat(failover(shop, "--to", old.address()).out())
          .contains("no replica can be promoted");
      assertThat(failover(shop).out())
          .as("and on to the third")
          .contains("\"to\":\"" + other.address(), "\"timeline\":3");
      try (Connection connection = shop.connect()) {
        assertThat(whoWrites(connection)).isEqualTo(Integer.toString(other.port()));
      }
    }
  }

  @Test
  void aDeadPrimaryIsReplacedByForceAloneAndItIsSaidWhatMayBeLost() throws Exception {
    try (ReplicatedShop shop = ReplicatedShop.start(folder, 1, "")) {
      PostgresServer old = shop.cluster.primary(0);
      PostgresServer next = shop.cluster.replica(0, 0);
      shop.awaitReadable(next);
      Said wrong = failover(shop, "--to", "127.0.0.1:1");
      assertThat(wrong.status()).isEqualTo(1);
      assertThat(wrong.out()).contains("is not a server of this shard");
      old.kill();
      shop.awaitKind(old, Kind.SILENT);
      Await.until("the replica has noticed", () -> shop.kind(next) == Kind.REPLICA);
      Said refused = failover(shop);
      assertThat(refused.status()).isEqualTo(1);
      assertThat(refused.out()).contains("cannot be asked", "bytes", "--force");
      Said done = failover(shop, "--force");
      assertThat(done.out()).contains("\"lostBytesMax\":0", "\"timeline\":2", "pg_rewind");
      assertThat(done.status()).isZero();
      try (Connection connection = shop.connect()) {
        assertThat(whoWrites(connection)).isEqualTo(Integer.toString(next.port()));
      }
    }
  }

  @Test
  void withAutomaticFailoverWritesGoOnByThemselves() throws Exception {
    String store =
        "health: {every: 100ms}\n    failover: automatic\n    automatic-after: 1s\n"
            + "    failover-wait: 60s\n    reads: {max-lag-bytes: 16MB}";
    try (ReplicatedShop shop = ReplicatedShop.start(folder, 1, store)) {
      PostgresServer old = shop.cluster.primary(0);
      PostgresServer next = shop.cluster.replica(0, 0);
      shop.awaitReadable(next);
      try (Connection connection = shop.connect()) {
        assertThat(whoWrites(connection)).isEqualTo(Integer.toString(old.port()));
        old.kill();
        // Its connection may not be known to be dead yet: then the write fails, and is tried again.
        Await.until(
            "the replica takes writes",
            ReplicatedShop.PATIENCE,
            () -> {
              try {
                return whoWrites(connection).equals(Integer.toString(next.port()));
              } catch (java.sql.SQLException e) {
                return false;
              }
            });
      }
    }
  }
}
