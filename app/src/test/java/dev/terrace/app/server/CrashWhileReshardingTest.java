package dev.terrace.app.server;

import static dev.terrace.app.server.ReplicatedShop.askServer;
import static org.assertj.core.api.Assertions.assertThat;

import dev.terrace.app.TerraceProcess;
import dev.terrace.sandbox.FreePorts;
import dev.terrace.sandbox.PostgresCluster;
import dev.terrace.sandbox.PostgresServer;
import dev.terrace.sandbox.PostgresSpec;
import dev.terrace.testkit.Await;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two shards with replicas become three others under load, while Terrace, replicas and a primary
 * are killed and come back: the sum holds at every read, each session reads what it wrote, nothing
 * that was acknowledged is lost, and the move is ended by asking for it again.
 */
class CrashWhileReshardingTest {

  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final int ROWS = 20_000;
  private static final int KILLS = 3;

  @TempDir private Path folder;

  private final PostgresCluster before = PostgresCluster.start(PostgresSpec.of(2, 1));
  private final PostgresCluster after = PostgresCluster.start(PostgresSpec.of(3, 1));
  private final int sqlPort = FreePorts.one();
  private final int kvPort = FreePorts.one();
  private final int adminPort = FreePorts.one();

  @BeforeEach
  void create() throws SQLException {
    for (PostgresCluster cluster : List.of(before, after)) {
      for (int shard = 0; shard < cluster.shards(); shard++) {
        cluster
            .primary(shard)
            .execute(
                "create table orders (id bigint primary key, customer bigint, note text);"
                    + "create table accounts (id bigint primary key, balance bigint)");
      }
    }
  }

  @AfterEach
  void stop() {
    after.close();
    before.close();
  }

  private Path write(String name, PostgresCluster cluster) throws IOException {
    String shards =
        IntStream.range(0, cluster.shards())
            .mapToObj(shard ->
                "{primary: \"%s\", replicas: [\"%s\"]}"
                    .formatted(
                        cluster.primary(shard).address(), cluster.replica(shard, 0).address()))
            .collect(Collectors.joining(", "));
    return Files.writeString(
        folder.resolve(name),
        """
        listen: {sql: "127.0.0.1:%d", kv: "127.0.0.1:%d", admin: "127.0.0.1:%d"}
        sql: {in-doubt-every: 200ms}
        stores:
          shop:
            engine: postgresql
            database: shop
            password: shop
            health: {every: 100ms}
            reads: {from: replicas, max-lag: 1s, read-your-writes: true}
            shards: [%s]
        tables:
          orders: {store: shop, shard: hash(customer)}
          accounts: {store: shop, shard: hash(id)}
        collections:
          account: {table: accounts, key: id}
        """
            .formatted(sqlPort, kvPort, adminPort, shards));
  }

  /** A Terrace of its own, which can be killed as by kill -9. */
  private Process terrace(Path file) throws IOException {
    return TerraceProcess.serving(file, folder.resolve("terrace.log"), sqlPort, adminPort);
  }

  /** What {@code terrace reshard} says. */
  private Process reshard(Path next, String... options) throws IOException {
    List<String> arguments = new ArrayList<>(List.of("reshard", next.toString()));
    arguments.addAll(List.of(options));
    arguments.addAll(List.of("--admin", "127.0.0.1:" + adminPort));
    return TerraceProcess.of(arguments.toArray(String[]::new)).start();
  }

  private static String said(Process process) throws IOException, InterruptedException {
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    return said;
  }

  @Test
  void rowsMoveWhateverIsKilled() throws Exception {
    Path served = write("shop.yaml", before);
    Path next = write("next.yaml", after);
    Process terrace = terrace(served);
    try (MoneyLoad load = filled()) {
      load.awaitMore();
      for (int kill = 0; kill < KILLS; kill++) {
        Process asking = reshard(next);
        Await.until("rows are copied, or it has ended", PATIENCE, () -> isCopying(asking));
        PostgresServer replica = before.replica(kill % 2, 0);
        replica.kill();
        load.awaitMore();
        terrace.destroyForcibly().waitFor();
        said(asking);
        replica.start();
        terrace = terrace(served);
        load.awaitMore();
      }
      before.primary(1).kill();
      before.primary(1).start();
      load.awaitMore();
      untilDone(next, load);
      load.awaitMore();
      after.replica(0, 0).kill();
      load.awaitMore();
      after.replica(0, 0).start();
      load.stop();
      assertThat(load.wrong()).isEmpty();
      assertThat(Files.readString(served)).contains(after.primary(2).address().toString());
      assertThat(orders()).doesNotHaveDuplicates().containsAll(load.acknowledged());
      assertThat(sum()).isEqualTo(200 * 100);
    } finally {
      terrace.destroyForcibly().waitFor();
    }
  }

  /** Clients, once there are rows. */
  private MoneyLoad filled() throws SQLException {
    try (Connection connection = MoneyLoad.connect(sqlPort, "")) {
      String accounts =
          IntStream.rangeClosed(1, 200)
              .mapToObj(account -> "(" + account + ", 100)")
              .collect(Collectors.joining(", "));
      ReplicatedShop.run(connection, "insert into accounts (id, balance) values " + accounts);
      String orders =
          IntStream.rangeClosed(1, ROWS)
              .mapToObj(order -> "(" + order + ", " + order % 997 + ", 'before')")
              .collect(Collectors.joining(", "));
      ReplicatedShop.run(connection, "insert into orders (id, customer, note) values " + orders);
    }
    return new MoneyLoad(sqlPort, kvPort);
  }

  private boolean isCopying(Process asking) {
    try {
      return !asking.isAlive()
          || !askServer(after.primary(0), "select count(*) from pg_subscription").equals("0");
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  /** A primary that came back may have to be asked once more. */
  private void untilDone(Path next, MoneyLoad load) throws Exception {
    StringBuilder all = new StringBuilder();
    for (int turn = 0; turn < 5; turn++) {
      Process asking = reshard(next);
      String said = said(asking);
      all.append(said);
      if (asking.exitValue() == 0) {
        assertThat(said).contains("rows compared: equal", "statements waited for");
        return;
      }
      load.awaitMore();
    }
    throw new AssertionError(all + "\n" + Files.readString(folder.resolve("terrace.log")));
  }

  private List<Long> orders() throws SQLException {
    List<Long> orders = new ArrayList<>();
    for (int shard = 0; shard < after.shards(); shard++) {
      try (Connection direct = after.primary(shard).connect();
          PreparedStatement all = direct.prepareStatement("select id from orders");
          ResultSet rows = all.executeQuery()) {
        while (rows.next()) {
          orders.add(rows.getLong(1));
        }
      }
    }
    return orders;
  }

  private long sum() throws SQLException {
    long sum = 0;
    for (int shard = 0; shard < after.shards(); shard++) {
      sum +=
          Long.parseLong(
              askServer(after.primary(shard), "select coalesce(sum(balance), 0) from accounts"));
    }
    return sum;
  }
}
