package dev.terrace.app.server;

import static dev.terrace.app.server.ReplicatedShop.askServer;
import static org.assertj.core.api.Assertions.assertThat;

import dev.terrace.app.TerraceProcess;
import dev.terrace.sandbox.FreePorts;
import dev.terrace.sandbox.PostgresCluster;
import dev.terrace.sandbox.PostgresServer;
import dev.terrace.sandbox.PostgresSpec;
import dev.terrace.testkit.Await;
import dev.terrace.testkit.Seeded;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Money moves between accounts of two shards while Terrace and the servers are killed and come
 * back: the sum holds at every read, nothing that was acknowledged is lost, and no transaction
 * stays half done.
 */
class CrashTest {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int CRASHES = 6;

  @TempDir private Path folder;

  private final PostgresCluster cluster = PostgresCluster.start(PostgresSpec.of(2, 0));
  private final int sqlPort = FreePorts.one();
  private final int kvPort = FreePorts.one();

  @BeforeEach
  void create() throws SQLException {
    for (int shard = 0; shard < 2; shard++) {
      cluster
          .primary(shard)
          .execute(
              "create table orders (id bigint primary key, customer bigint, note text);"
                  + "create table accounts (id bigint primary key, balance bigint)");
    }
  }

  @AfterEach
  void stop() {
    cluster.close();
  }

  private Path write() throws IOException {
    return Files.writeString(
        folder.resolve("shop.yaml"),
        """
        listen: {sql: "127.0.0.1:%d", kv: "127.0.0.1:%d"}
        sql: {in-doubt-every: 200ms}
        stores:
          shop:
            engine: postgresql
            database: shop
            password: shop
            health: {every: 100ms}
            shards: [{primary: "%s"}, {primary: "%s"}]
        tables:
          orders: {store: shop, shard: hash(customer)}
          accounts: {store: shop, shard: hash(id)}
        collections:
          account: {table: accounts, key: id}
        """
            .formatted(
                sqlPort, kvPort, cluster.primary(0).address(), cluster.primary(1).address()));
  }

  /** A Terrace of its own, which can be killed as by kill -9. */
  private Process terrace(Path file) throws IOException {
    return TerraceProcess.serving(file, folder.resolve("terrace.log"), sqlPort);
  }

  @Test
  void nothingIsHalfDoneWhateverIsKilled() throws Exception {
    Path file = write();
    Process terrace = terrace(file);
    try (Connection connection = MoneyLoad.connect(sqlPort, "")) {
      for (int account = 1; account <= 200; account++) {
        ReplicatedShop.run(
            connection, "insert into accounts (id, balance) values (" + account + ", 100)");
      }
    }
    Seeded random = Seeded.of(12);
    try (MoneyLoad load = new MoneyLoad(sqlPort, kvPort)) {
      for (int crash = 0; crash < CRASHES; crash++) {
        load.awaitMore();
        if (crash % 2 == 0) {
          terrace.destroyForcibly().waitFor();
          terrace = terrace(file);
        } else {
          PostgresServer victim = cluster.primary(random.nextInt(2));
          victim.kill();
          victim.start();
        }
      }
      load.awaitMore();
      load.stop();
      assertThat(load.wrong()).isEmpty();
      Await.until("no part is left prepared", PATIENCE, () -> prepared() == 0);
      assertThat(orders()).containsAll(load.acknowledged());
      assertThat(sumOf("accounts")).isEqualTo(200 * 100);
    } finally {
      terrace.destroyForcibly().waitFor();
    }
  }

  private int prepared() {
    int all = 0;
    for (PostgresServer server : cluster.servers()) {
      try {
        all += Integer.parseInt(askServer(server, "select count(*) from pg_prepared_xacts"));
      } catch (SQLException e) {
        throw new AssertionError(e);
      }
    }
    return all;
  }

  private long sumOf(String table) throws SQLException {
    long sum = 0;
    for (PostgresServer server : cluster.servers()) {
      sum += Long.parseLong(askServer(server, "select coalesce(sum(balance), 0) from " + table));
    }
    return sum;
  }

  private Set<Long> orders() throws SQLException {
    Set<Long> orders = new HashSet<>();
    for (PostgresServer server : cluster.servers()) {
      try (Connection direct = server.connect();
          PreparedStatement all = direct.prepareStatement("select id from orders");
          ResultSet rows = all.executeQuery()) {
        while (rows.next()) {
          orders.add(rows.getLong(1));
        }
      }
    }
    return orders;
  }
}
