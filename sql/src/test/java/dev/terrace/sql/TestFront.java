package dev.terrace.sql;

import dev.terrace.config.FrontTlsConfig;
import dev.terrace.config.PoolSpecs;
import dev.terrace.config.TerraceConfig;
import dev.terrace.config.TlsConfig.ClientAuthMode;
import dev.terrace.config.file.ConfigFile;
import dev.terrace.core.freshness.LogMark;
import dev.terrace.core.freshness.Lsn;
import dev.terrace.core.freshness.ReplicaProgress;
import dev.terrace.core.freshness.ReplicaProgress.Progress;
import dev.terrace.core.freshness.Replication;
import dev.terrace.core.pool.MemberState;
import dev.terrace.core.pool.Pool;
import dev.terrace.core.pool.PoolMember;
import dev.terrace.core.pool.Pools;
import dev.terrace.core.signal.Metric;
import dev.terrace.core.signal.Signals;
import dev.terrace.net.EventLoops;
import dev.terrace.net.Transport;
import dev.terrace.net.tls.CertificateStore;
import dev.terrace.net.tls.MemberTls;
import dev.terrace.net.tls.TlsSettings;
import dev.terrace.sandbox.PostgresCluster;
import dev.terrace.sandbox.PostgresServer;
import dev.terrace.testkit.SharedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;

/** A SQL front over a real cluster, and ways to ask it and the servers behind it. */
final class TestFront implements AutoCloseable {

  private final PostgresCluster cluster;
  private final EventLoops loops;
  private String storeKeys = "";
  private String moreStores = "";
  final Pools pools = new Pools();
  final Replication replication = new Replication();
  final ReplicaProgress progress = replication.progress();
  final Signals signals = new Signals();
  final CertificateStore certificates = new CertificateStore(signals);
  final MemberTls memberTls = new MemberTls(signals);
  final SqlFront front;

  private TestFront(PostgresCluster cluster, int loopCount) {
    this.cluster = cluster;
    this.loops = EventLoops.start(Transport.best(), loopCount);
    this.front = new SqlFront(loops, pools, replication, certificates, memberTls, signals);
  }

  /** The cluster that tests share, with the tables that these tests write to. */
  static PostgresCluster sharedCluster() throws SQLException {
    PostgresCluster cluster = SharedPostgres.get();
    createTables(cluster);
    return cluster;
  }

  static void createTables(PostgresCluster cluster) throws SQLException {
    for (int shard = 0; shard < cluster.shards(); shard++) {
      cluster
          .primary(shard)
          .execute(
              "create table if not exists notes (id bigint primary key, body text);"
                  + "create table if not exists words (word text primary key, n int);"
                  + "create table if not exists labels (id bigint primary key, text text)");
    }
    cluster.awaitReplicas();
  }

  /** Serves the cluster; all replicas count as caught up until told otherwise. */
  static TestFront over(PostgresCluster cluster, String sqlSection) throws IOException {
    return over(cluster, sqlSection, "{from: replicas, max-lag: 1s, read-your-writes: true}", 2);
  }

  static TestFront over(PostgresCluster cluster, String sqlSection, String reads, int loops)
      throws IOException {
    return over(cluster, sqlSection, reads, loops, "");
  }

  /**
   * Serves the cluster.
   *
   * @param storeKeys further keys of the store, in one line as YAML's flow mappings have them
   */
  static TestFront over(
      PostgresCluster cluster, String sqlSection, String reads, int loops, String storeKeys)
      throws IOException {
    return over(cluster, sqlSection, reads, loops, storeKeys, "");
  }

  /**
   * Serves the cluster.
   *
   * @param moreStores in one line
   */
  static TestFront over(
      PostgresCluster cluster,
      String sqlSection,
      String reads,
      int loops,
      String storeKeys,
      String moreStores)
      throws IOException {
    TestFront made = new TestFront(cluster, loops);
    made.storeKeys = storeKeys;
    made.moreStores = moreStores;
    made.configure(sqlSection, reads);
    made.replicasHold(Duration.ZERO);
    return made;
  }

  void configure(String sqlSection, String reads) throws IOException {
    TerraceConfig file = config(cluster, sqlSection, reads, storeKeys, moreStores);
    pools.configure(PoolSpecs.of(file));
    memberTls.configure(StoreTls.settings(file));
    certificates.configure(file.sql().tls().map(TestFront::settings).orElse(TlsSettings.NONE));
    front.configure(file);
  }

  private static TlsSettings settings(FrontTlsConfig tls) {
    return new TlsSettings(
        tls.certificates().stream()
            .map(pair ->
                new TlsSettings.CertificateFiles(pair.certificate().path(), pair.key().path()))
            .toList(),
        TlsSettings.Version.TLS_1_2,
        tls.clientAuth()
            .map(auth ->
                new TlsSettings.ClientAuth(
                    auth.ca().path(), auth.mode() == ClientAuthMode.REQUIRE)));
  }

  private static TerraceConfig config(
      PostgresCluster cluster, String sql, String reads, String storeKeys, String moreStores) {
    StringBuilder shards = new StringBuilder();
    for (int shard = 0; shard < cluster.shards(); shard++) {
      shards.append("      - {primary: ").append(cluster.primary(shard).address());
      boolean single = cluster.servers().size() == cluster.shards();
      String replicas = single ? "" : cluster.replica(shard, 0).address();
      shards.append(", replicas: [").append(replicas).append("]}\n");
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
            reads: %s
            failover-wait: 0ms
            %s
            shards:
        %s  %s
        tables:
          users: {store: shop, shard: hash(id)}
          orders: {store: shop, shard: hash(user_id)}
          carts: {store: shop, shard: hash(user_id)}
          notes: {store: shop, shard: hash(id)}
          words: {store: shop, shard: hash(word text)}
          products: {store: shop, shard: everywhere}
          labels: {store: shop, shard: everywhere}
        """
            .formatted(sql, reads, storeKeys, shards, moreStores);
    return ConfigFile.parse("test", yaml, Map.of()).orThrow();
  }

  /** A replica that has followed to a moment so long ago, at the beginning of the log. */
  static Progress near(Duration ago, Duration lag) {
    return new Progress(System.nanoTime() - ago.toNanos(), lag, 0, new LogMark(1, Lsn.START));
  }

  /** Notes that every replica has followed to a moment so long ago. */
  void replicasHold(Duration ago) {
    for (int shard = 0; shard < cluster.shards(); shard++) {
      for (PoolMember member : pools.get(PoolSpecs.replicas("shop", shard)).snapshot().members()) {
        progress.note(member.id(), near(ago, Duration.ZERO));
      }
    }
  }

  void setHealth(String pool, MemberState state) {
    Pool found = pools.get(pool);
    found.setHealth(found.snapshot().members().getFirst().id(), state, "told so by the test");
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
    Properties properties = new Properties();
    properties.put("user", user);
    properties.put("password", password);
    return DriverManager.getConnection(
        "jdbc:postgresql://127.0.0.1:" + port() + "/shop?loginTimeout=10&" + options, properties);
  }

  /** The first value of a query's first row, as text. */
  static String ask(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      if (!rows.next()) {
        return "no row";
      }
      return String.valueOf(rows.getString(1));
    }
  }

  static int run(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      return statement.executeUpdate(sql);
    }
  }

  /** Asks one server, past the front. */
  static String askServer(PostgresServer server, String sql) throws SQLException {
    try (Connection direct = server.connect()) {
      return ask(direct, sql);
    }
  }

  /** Which shards have rows that match, asked at the primaries themselves. */
  String shardsWith(String table, String condition) throws SQLException {
    StringBuilder found = new StringBuilder();
    for (int shard = 0; shard < cluster.shards(); shard++) {
      String count =
          askServer(
              cluster.primary(shard), "select count(*) from " + table + " where " + condition);
      if (!count.equals("0")) {
        found.append(shard);
      }
    }
    return found.toString();
  }

  /** Work in hand at the first member of a pool. */
  int inFlight(String pool) {
    return pools.get(pool).snapshot().members().getFirst().load().inFlight();
  }

  /** Work in hand at all members: none of it may be left when nothing runs. */
  int inFlight() {
    return pools.all().stream()
        .flatMap(pool -> pool.snapshot().members().stream())
        .mapToInt(member -> member.load().inFlight())
        .sum();
  }

  long statements(int shard, String role) {
    return signals.counter(Metric.SQL_STATEMENTS, "shop", Integer.toString(shard), role).value();
  }

  /** A metric's value with these labels. */
  double level(Metric metric, String... labels) {
    return signals.samples().stream()
        .filter(sample -> sample.series().metric() == metric)
        .filter(sample -> sample.series().labelValues().equals(List.of(labels)))
        .mapToDouble(sample -> sample instanceof Signals.Sample.Value of ? of.value() : 0)
        .sum();
  }

  PostgresCluster cluster() {
    return cluster;
  }

  @Override
  public void close() {
    front.close();
    certificates.close();
    memberTls.close();
    loops.close();
  }
}
