package dev.terrace.sql;

import dev.terrace.config.PoolSpecs;
import dev.terrace.config.TerraceConfig;
import dev.terrace.config.file.ConfigFile;
import dev.terrace.core.freshness.Replication;
import dev.terrace.core.pool.PoolMember;
import dev.terrace.core.pool.Pools;
import dev.terrace.core.signal.Metric;
import dev.terrace.core.signal.Signals;
import dev.terrace.net.EventLoops;
import dev.terrace.net.Transport;
import dev.terrace.net.tls.CertificateStore;
import dev.terrace.net.tls.MemberTls;
import dev.terrace.sandbox.PostgresCluster;
import dev.terrace.sandbox.PostgresSpec;
import dev.terrace.testkit.Await;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** A front that keeps results, over servers of its own. */
final class CachedStore implements AutoCloseable {

  private final PostgresCluster cluster;
  private final EventLoops loops = EventLoops.start(Transport.best(), 2);
  private final Signals signals = new Signals();
  private final Pools pools = new Pools();
  private final Replication replication = new Replication();
  private final CertificateStore certificates = new CertificateStore(signals);
  private final MemberTls memberTls = new MemberTls(signals);
  private final SqlFront front =
      new SqlFront(loops, pools, replication, certificates, memberTls, signals);
  private String sql = "";
  private String tables = "";

  private CachedStore(PostgresCluster cluster) {
    this.cluster = cluster;
  }

  /**
   * Starts servers, makes the schema on all primaries, and serves them.
   *
   * @param sql what stands under sql, in one line as YAML's flow mappings have it
   * @param tables likewise
   */
  static CachedStore start(int shards, int replicas, String schema, String sql, String tables)
      throws IOException, SQLException {
    CachedStore made = new CachedStore(PostgresCluster.start(PostgresSpec.of(shards, replicas)));
    for (int shard = 0; shard < shards; shard++) {
      made.cluster.primary(shard).execute(schema);
    }
    made.cluster.awaitReplicas();
    made.configure(sql, tables);
    made.awaitCatalogue();
    return made;
  }

  /** Serves by this file from now on. */
  void configure(String sqlSection, String tablesSection) throws IOException {
    sql = sqlSection;
    tables = tablesSection;
    TerraceConfig file = file();
    pools.configure(PoolSpecs.of(file));
    for (int shard = 0; shard < cluster.shards(); shard++) {
      for (PoolMember member : pools.get(PoolSpecs.replicas("shop", shard)).snapshot().members()) {
        replication.progress().note(member.id(), TestFront.near(Duration.ZERO, Duration.ZERO));
      }
    }
    memberTls.configure(StoreTls.settings(file));
    front.configure(file);
  }

  private TerraceConfig file() {
    StringBuilder shards = new StringBuilder();
    boolean single = cluster.servers().size() == cluster.shards();
    for (int shard = 0; shard < cluster.shards(); shard++) {
      shards.append("      - {primary: ").append(cluster.primary(shard).address());
      shards.append(", replicas: [");
      shards.append(single ? "" : cluster.replica(shard, 0).address()).append("]}\n");
    }
    String yaml =
        """
        listen: {sql: 127.0.0.1:0}
        sql: {%s}
        stores:
          shop:
            engine: postgresql
            database: shop
            password: shop
            reads: {from: replicas, max-lag: 1h}
            failover-wait: 5s
            shards:
        %s
        tables: {%s}
        """
            .formatted(sql, shards, tables);
    return ConfigFile.parse("test", yaml, Map.of()).orThrow();
  }

  /** Nothing is kept before the servers' catalogue is known. */
  void awaitCatalogue() {
    Await.until("the catalogue is known", () -> front.mayKeep("shop"));
  }

  PostgresCluster cluster() {
    return cluster;
  }

  SqlFront front() {
    return front;
  }

  int port() {
    return front.addresses().getFirst().port();
  }

  Connection connect() throws SQLException {
    return connect("");
  }

  Connection connect(String options) throws SQLException {
    return connect("shop", "shop", options);
  }

  Connection connect(String user, String password, String options) throws SQLException {
    return DriverManager.getConnection(
        "jdbc:postgresql://127.0.0.1:" + port() + "/shop?socketTimeout=20&" + options,
        user,
        password);
  }

  /** Does something at a server that Terrace does not see. */
  void behind(String statement) throws SQLException {
    try (Connection direct = cluster.primary(0).connect();
        Statement run = direct.createStatement()) {
      run.execute(statement);
    }
  }

  /** How often that has happened to results. */
  long events(String event) {
    return signals.counter(Metric.SQL_CACHE, "shop", event).value();
  }

  long notKept(String reason) {
    return signals.counter(Metric.SQL_CACHE_NOT_KEPT, "shop", reason).value();
  }

  double level(Metric metric) {
    return signals.samples().stream()
        .filter(sample -> sample.series().metric() == metric)
        .filter(sample -> sample.series().labelValues().equals(List.of("shop")))
        .mapToDouble(sample -> sample instanceof Signals.Sample.Value of ? of.value() : 0)
        .sum();
  }

  long statements(String role) {
    return signals.counter(Metric.SQL_STATEMENTS, "shop", "0", role).value();
  }

  @Override
  public void close() {
    front.close();
    certificates.close();
    memberTls.close();
    loops.close();
    cluster.close();
  }
}
