package dev.terrace.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

@TestMethodOrder(MethodOrderer.MethodName.class) // the servers are shared: one story after another
class PostgresClusterTest {

  private static final List<String> PROGRESS = new ArrayList<>();
  private static PostgresCluster cluster;

  @BeforeAll
  static void start() {
    PostgresSpec spec =
        PostgresSpec.of(2, 1)
            .withInitSql(shard -> "CREATE TABLE t(n int); INSERT INTO t VALUES (" + shard + ")");
    cluster = PostgresCluster.start(spec, PROGRESS::add);
  }

  @AfterAll
  static void stop() {
    List<Integer> ports = cluster.servers().stream().map(PostgresServer::port).toList();
    cluster.close();
    cluster.close(); // harmless
    assertThat(ports).allMatch(FreePorts::isFree);
  }

  @Test
  void eachReplicaFollowsItsOwnPrimary() throws SQLException {
    for (int shard = 0; shard < 2; shard++) {
      assertThat(ask(cluster.replica(shard, 0), "SELECT n FROM t")).isEqualTo("" + shard);
      assertThat(ask(cluster.replica(shard, 0), "SELECT pg_is_in_recovery()")).isEqualTo("t");
      assertThat(ask(cluster.primary(shard), "SELECT pg_is_in_recovery()")).isEqualTo("f");
    }
    assertThat(PROGRESS).anyMatch(line -> line.contains("4 PostgreSQL servers"));
  }

  @Test
  void countsStatements() throws SQLException {
    assertThat(ask(cluster.primary(0), "SELECT count(*) > 0 FROM pg_stat_statements"))
        .isEqualTo("t");
    assertThat(ask(cluster.replica(0, 0), "SELECT count(*) >= 0 FROM pg_stat_statements"))
        .isEqualTo("t");
  }

  @Test
  void refusesAWrongPassword() {
    String url = cluster.primary(0).jdbcUrl().replace("password=shop", "password=wrong");
    assertThatThrownBy(() -> DriverManager.getConnection(url).close())
        .isInstanceOf(SQLException.class)
        .hasMessageContaining("password authentication failed");
  }

  @Test
  void aKilledPrimaryComesBackWithItsDataAndItsReplica() throws SQLException {
    PostgresServer primary = cluster.primary(1);
    primary.execute("CREATE TABLE kept(n int); INSERT INTO kept VALUES (7)");
    primary.kill();
    assertThat(primary.alive()).isFalse();
    assertThat(FreePorts.isFree(primary.port())).isTrue();
    assertThatThrownBy(() -> primary.connect().close()).isInstanceOf(SQLException.class);

    primary.start();
    primary.execute("INSERT INTO kept VALUES (8)");
    cluster.awaitReplicas();
    assertThat(ask(cluster.replica(1, 0), "SELECT sum(n) FROM kept")).isEqualTo("15");
  }

  @Test
  void aStoppedReplicaCatchesUp() throws SQLException {
    PostgresServer replica = cluster.replica(0, 0);
    replica.stop();
    assertThat(replica.alive()).isFalse();
    cluster.primary(0).execute("CREATE TABLE missed AS SELECT 42 AS n");
    replica.start();
    cluster.awaitReplicas();
    assertThat(ask(replica, "SELECT n FROM missed")).isEqualTo("42");
  }

  @Test
  void aPausedServerIsSilentUntilItGoesOn() throws SQLException {
    PostgresServer server = cluster.primary(0);
    server.pause();
    try {
      assertThat(server.alive()).isTrue();
      assertThatThrownBy(
              () -> DriverManager.getConnection(server.jdbcUrl() + "&socketTimeout=1").close())
          .isInstanceOf(SQLException.class);
    } finally {
      server.resume();
    }
    assertThat(ask(server, "SELECT 1")).isEqualTo("1");
  }

  @Test
  void aTakenPortIsNamed() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      PostgresSpec spec = PostgresSpec.of(1, 0).withPorts(List.of(taken.getLocalPort()));
      assertThatThrownBy(() -> PostgresCluster.start(spec).close())
          .isInstanceOf(SandboxException.class)
          .hasMessageContaining("port " + taken.getLocalPort())
          .hasMessageContaining("shard 0 primary");
    }
  }

  @Test
  void aServerThatCannotStartShowsItsLog() throws Exception {
    try (PostgresCluster broken = PostgresCluster.start(PostgresSpec.of(1, 0))) {
      PostgresServer server = broken.primary(0);
      Path data = Path.of(ask(server, "SHOW data_directory"));
      server.stop();
      Files.writeString(data.resolve("postgresql.conf"), "no_such_setting = 1\n");
      assertThatThrownBy(server::start)
          .isInstanceOf(SandboxException.class)
          .hasMessageContaining("shard 0 primary")
          .hasMessageContaining("no_such_setting");
      assertThat(server.alive()).isFalse();
    }
  }

  @Test
  void threadsThatUnpackAtOnceGetOneFolder() throws Exception {
    try (ScratchFolder cache = ScratchFolder.create("terrace-cache-test-")) {
      List<PostgresBinaries> found = new ArrayList<>();
      List<Thread> threads = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        threads.add(
            Thread.ofVirtual()
                .start(() -> {
                  PostgresBinaries one =
                      PostgresBinaries.unpacked(new CacheFolder(cache.path()), line -> {});
                  synchronized (found) {
                    found.add(one);
                  }
                }));
      }
      for (Thread thread : threads) {
        thread.join(Duration.ofMinutes(1));
      }
      assertThat(found).hasSize(2).allMatch(b -> Files.isExecutable(b.program("postgres")));
      try (var entries = Files.list(cache.path())) {
        assertThat(entries.map(path -> path.getFileName().toString()))
            .hasSize(2)
            .anyMatch(name -> name.startsWith("postgresql-18"))
            .contains("lock");
      }
    }
  }

  @Test
  void badSpecsAreRefused() {
    assertThatThrownBy(() -> PostgresSpec.of(0, 0)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> PostgresSpec.of(1, 1).withPorts(List.of(5501)))
        .hasMessageContaining("2 servers");
    assertThatThrownBy(() -> PostgresSpec.of(1, 0).withLogin("a'b", "x", "y"))
        .hasMessageContaining("plain names");
    assertThatThrownBy(() -> PostgresSpec.of(1, 0).withLogin("a", "x'y", "y"))
        .hasMessageContaining("password");
  }

  private static String ask(PostgresServer server, String sql) throws SQLException {
    try (Connection connection = server.connect();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      assertThat(rows.next()).isTrue();
      return rows.getString(1);
    }
  }
}
