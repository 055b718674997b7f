package dev.terrace.app.server;

import static dev.terrace.app.server.ReplicatedShop.ask;
import static dev.terrace.app.server.ReplicatedShop.run;
import static org.assertj.core.api.Assertions.assertThat;

import dev.terrace.config.file.ConfigFile;
import dev.terrace.core.freshness.Role.Kind;
import dev.terrace.core.freshness.StoreRoles;
import dev.terrace.sandbox.FreePorts;
import dev.terrace.sandbox.PostgresCluster;
import dev.terrace.sandbox.PostgresServer;
import dev.terrace.sandbox.PostgresSpec;
import dev.terrace.testkit.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Shards' primaries become others while reads over several shards go by a coordinator. */
class CoordinatorFailoverTest {

  /** Needs rows of both shards together: marks that are counted, beside a table of one row each. */
  private static final String ACROSS =
      "select count(*) from marks m join kinds k on k.n = m.kind where k.id > 0";

  @TempDir private Path folder;

  private final PostgresCluster cluster = PostgresCluster.start(PostgresSpec.of(2, 1));
  private final int port = FreePorts.one();
  private final AtomicInteger acknowledged = new AtomicInteger();
  private final AtomicInteger reads = new AtomicInteger();
  private final Set<String> failures = new ConcurrentSkipListSet<>();
  private final AtomicBoolean stop = new AtomicBoolean();
  private @Nullable Terrace terrace;

  @BeforeEach
  void create() throws SQLException {
    for (int shard = 0; shard < 2; shard++) {
      cluster
          .primary(shard)
          .execute(
              "create table marks (id bigint primary key, kind int);"
                  + "create table kinds (id bigint primary key, n int)");
    }
    cluster.awaitReplicas();
  }

  @AfterEach
  void close() {
    if (terrace != null) {
      terrace.close();
    }
    cluster.close();
  }

  private void start() throws IOException, SQLException {
    Path file =
        Files.writeString(
            folder.resolve("shop.yaml"),
            """
            listen: {sql: "127.0.0.1:%d"}
            stores:
              shop:
                engine: postgresql
                database: shop
                password: shop
                health: {every: 100ms}
                failover-wait: 20s
                coordinator: {database: shop_all, every: 1s, patience: 20s}
                shards:
                  - {primary: "%s", replicas: ["%s"]}
                  - {primary: "%s", replicas: ["%s"]}
            tables:
              marks: {store: shop, shard: hash(id)}
              kinds: {store: shop, shard: hash(id)}
            """
                .formatted(
                    port,
                    cluster.primary(0).address(),
                    cluster.replica(0, 0).address(),
                    cluster.primary(1).address(),
                    cluster.replica(1, 0).address()));
    terrace = Terrace.start(ConfigFile.load(file, Map.of()).orThrow(), file);
    try (Connection connection = connect("")) {
      run(connection, "insert into kinds (id, n) values (1, 1), (2, 2), (3, 3), (4, 4), (5, 5)");
    }
  }

  private Connection connect(String options) throws SQLException {
    return DriverManager.getConnection(
        "jdbc:postgresql://127.0.0.1:" + port + "/shop?loginTimeout=20&" + options, "shop", "shop");
  }

  private static void awaitSynchronous(PostgresServer primary) throws SQLException {
    primary.execute("alter system set synchronous_standby_names = '*'");
    primary.execute("select pg_reload_conf()");
    Await.until(
        "commits wait for the replica",
        () ->
            askServer(primary, "select count(*) from pg_stat_replication where sync_state = 'sync'")
                .equals("1"));
  }

  private static String askServer(PostgresServer server, String sql) {
    try {
      return ReplicatedShop.askServer(server, sql);
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  private void awaitKind(int shard, PostgresServer server, Kind kind) {
    StoreRoles roles = Objects.requireNonNull(terrace).replication().roles();
    Await.until(
        server.name() + " is " + kind,
        ReplicatedShop.PATIENCE,
        () -> roles.of("shop", shard).orElseThrow().role(server.address()).kind() == kind);
  }

  private Void write() throws SQLException {
    int id = 0;
    try (Connection connection = connect("prepareThreshold=1")) {
      while (!stop.get()) {
        id++;
        try {
          run(connection, "insert into marks (id, kind) values (" + id + ", " + (1 + id % 5) + ")");
          acknowledged.incrementAndGet();
        } catch (SQLException e) {
          failures.add(e.getSQLState());
        }
      }
    }
    return null;
  }

  private Void read(String options) throws SQLException {
    try (Connection connection = connect(options)) {
      while (!stop.get()) {
        int atLeast = acknowledged.get();
        try {
          assertThat(Integer.parseInt(ask(connection, ACROSS))).isGreaterThanOrEqualTo(atLeast);
          reads.incrementAndGet();
        } catch (SQLException e) {
          failures.add(e.getSQLState());
        }
      }
    }
    return null;
  }

  private void awaitMore() {
    int read = reads.get();
    int written = acknowledged.get();
    Await.until(
        "reads and writes go on",
        ReplicatedShop.PATIENCE,
        () -> reads.get() > read + 10 && acknowledged.get() > written + 10);
  }

  @FunctionalInterface
  private interface Meanwhile {
    void run() throws Exception;
  }

  private void underLoad(Meanwhile meanwhile) throws Exception {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> clients = new ArrayList<>();
      clients.add(threads.submit(this::write));
      for (String options :
          List.of("preferQueryMode=simple", "prepareThreshold=1", "prepareThreshold=0")) {
        clients.add(threads.submit(() -> read(options)));
      }
      try {
        awaitMore();
        meanwhile.run();
      } finally {
        stop.set(true);
      }
      for (Future<?> client : clients) {
        client.get();
      }
    }
    assertThat(failures).isSubsetOf(PromotionTest.RETRYABLE);
  }

  @Test
  void readsGoOnWhenAShardsPrimaryIsReplacedAndWhenTheCoordinatorsOwnIs() throws Exception {
    start();
    awaitSynchronous(cluster.primary(0));
    awaitSynchronous(cluster.primary(1));
    underLoad(() -> {
      for (int shard = 1; shard >= 0; shard--) {
        cluster.primary(shard).kill();
        cluster.replica(shard, 0).promote();
        awaitKind(shard, cluster.replica(shard, 0), Kind.PRIMARY);
        awaitMore();
      }
    });
  }

  @Test
  void aPrimaryThatWasReplacedIsNotReadThroughTheCoordinator() throws Exception {
    start();
    PostgresServer next = cluster.replica(1, 0);
    try (Connection connection = connect("");
        Connection extended = connect("prepareThreshold=1")) {
      assertThat(ask(connection, ACROSS)).isEqualTo("0");
      assertThat(ask(extended, ACROSS)).isEqualTo("0");
      next.promote();
      awaitKind(1, next, Kind.PRIMARY);
      awaitKind(1, cluster.primary(1), Kind.FENCED);
      for (int id = 1; id <= 20; id++) {
        run(connection, "insert into marks (id, kind) values (" + id + ", 1)");
        assertThat(ask(connection, ACROSS)).isEqualTo(Integer.toString(id));
        assertThat(ask(extended, ACROSS)).isEqualTo(Integer.toString(id));
      }
    }
  }

  @Test
  void aCoordinatorThatTheNextPrimaryNeverGotIsMadeThere() throws Exception {
    PostgresServer next = cluster.replica(0, 0);
    next.execute("alter system set primary_conninfo = ''");
    next.execute("select pg_reload_conf()");
    Await.until(
        "it is cut off",
        () -> askServer(next, "select count(*) from pg_stat_wal_receiver").equals("0"));
    start();
    try (Connection connection = connect("")) {
      assertThat(ask(connection, ACROSS)).isEqualTo("0");
      cluster.primary(0).kill();
      next.promote();
      awaitKind(0, next, Kind.PRIMARY);
      run(connection, "insert into marks (id, kind) values (1, 2)");
      run(connection, "insert into kinds (id, n) values (7, 2)");
      assertThat(Integer.parseInt(ask(connection, ACROSS))).isPositive();
    }
  }
}
