package dev.terrace.app.server;

import dev.terrace.config.file.ConfigFile;
import dev.terrace.core.freshness.Role;
import dev.terrace.core.freshness.ShardRoles;
import dev.terrace.sandbox.FreePorts;
import dev.terrace.sandbox.PostgresCluster;
import dev.terrace.sandbox.PostgresServer;
import dev.terrace.sandbox.PostgresSpec;
import dev.terrace.testkit.Await;
import dev.terrace.testkit.CountingClients;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;

/**
 * A whole Terrace over a shard with replicas, which can be broken; with a table {@code rows}, and
 * one of counters whose results are kept.
 */
final class ReplicatedShop implements AutoCloseable {

  static final Duration PATIENCE = Duration.ofSeconds(30);

  final PostgresCluster cluster;
  final int sqlPort = FreePorts.one();
  final int kvPort = FreePorts.one();
  final int adminPort = FreePorts.one();
  private final Path file;
  private Terrace terrace;

  private ReplicatedShop(PostgresCluster cluster, Path file, String store) throws IOException {
    this.cluster = cluster;
    this.file = file;
    write(store);
    terrace = start();
  }

  /**
   * Starts it.
   *
   * @param store more keys of the store, each line with a comma at its end
   */
  static ReplicatedShop start(Path folder, int replicas, String store) throws Exception {
    PostgresCluster cluster = PostgresCluster.start(PostgresSpec.of(1, replicas));
    cluster
        .primary(0)
        .execute(
            "create table rows (id bigint primary key, body text);"
                + "insert into rows select g, 'row ' || g from generate_series(1, 100) g;"
                + CountingClients.TABLE);
    cluster.awaitReplicas();
    return new ReplicatedShop(cluster, folder.resolve("shop.yaml"), store);
  }

  void write(String store) throws IOException {
    StringBuilder replicas = new StringBuilder();
    for (PostgresServer server : replicas()) {
      replicas.append(replicas.isEmpty() ? "" : ", ").append(server.address());
    }
    Files.writeString(
        file,
        """
        listen: {sql: "127.0.0.1:%d", kv: "127.0.0.1:%d", admin: "127.0.0.1:%d"}
        sql: {operators: [shop], cache: {max-result: 10KB, doubt: 300ms}}
        stores:
          shop:
            engine: postgresql
            database: shop
            password: shop
            %s
            shards:
              - {primary: "%s", replicas: [%s]}
        tables:
          rows: {store: shop}
          counters: {store: shop, cache: {ttl: 1h}}
        collections:
          row: {table: rows, key: id}
        """
            .formatted(
                sqlPort,
                kvPort,
                adminPort,
                store.isEmpty() ? "health: {every: 100ms}" : store,
                cluster.primary(0).address(),
                replicas));
  }

  private Terrace start() throws IOException {
    return Terrace.start(ConfigFile.load(file, Map.of()).orThrow(), file);
  }

  /** The servers that follow the first. */
  List<PostgresServer> replicas() {
    return cluster.servers().stream().filter(server -> server != cluster.primary(0)).toList();
  }

  Terrace terrace() {
    return terrace;
  }

  /** Ends this Terrace, and starts another by the same file. */
  void restart() throws IOException {
    terrace.close();
    terrace = start();
  }

  ShardRoles roles() {
    return terrace.replication().roles().of("shop", 0).orElseThrow();
  }

  Role.Kind kind(PostgresServer server) {
    return roles().role(server.address()).kind();
  }

  void awaitKind(PostgresServer server, Role.Kind kind) {
    Await.until(server.name() + " is " + kind, PATIENCE, () -> kind(server) == kind);
  }

  /** Waits until the server is read from. */
  void awaitReadable(PostgresServer server) {
    awaitKind(server, Role.Kind.REPLICA);
    Await.until(
        server.name() + " is up",
        PATIENCE,
        () ->
            terrace
                .pools()
                .get("shop/0/replicas")
                .snapshot()
                .find(server.address())
                .filter(m -> m.state().takesNewWork())
                .isPresent());
  }

  Connection connect() throws SQLException {
    return connect("");
  }

  Connection connect(String options) throws SQLException {
    Properties properties = new Properties();
    properties.put("user", "shop");
    properties.put("password", "shop");
    return DriverManager.getConnection(
        "jdbc:postgresql://127.0.0.1:" + sqlPort + "/shop?loginTimeout=20&" + options, properties);
  }

  static String ask(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      return rows.next() ? String.valueOf(rows.getString(1)) : "no row";
    }
  }

  static int run(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      return statement.executeUpdate(sql);
    }
  }

  static String askServer(PostgresServer server, String sql) throws SQLException {
    try (Connection direct = server.connect()) {
      return ask(direct, sql);
    }
  }

  /** The port of the server that answered a read. */
  static String whoReads(Connection connection) throws SQLException {
    return ask(connection, "/* terrace: replica */ select inet_server_port() from rows limit 1");
  }

  /** The same of a write. */
  static String whoWrites(Connection connection) throws SQLException {
    return ask(
        connection, "update rows set body = 'written' where id = 1 returning inet_server_port()");
  }

  Optional<String> reason(String pool, PostgresServer server) {
    return terrace.pools().get(pool).snapshot().find(server.address()).map(m -> m.reason());
  }

  @Override
  public void close() {
    terrace.close();
    cluster.close();
  }
}
