package dev.terrace.kv;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.terrace.config.PoolSpecs;
import dev.terrace.config.StoreConfig;
import dev.terrace.config.TerraceConfig;
import dev.terrace.config.file.ConfigFile;
import dev.terrace.core.freshness.ReplicaProgress;
import dev.terrace.core.freshness.Replication;
import dev.terrace.core.freshness.StoreRoles;
import dev.terrace.core.freshness.TableWrites;
import dev.terrace.core.pool.Pools;
import dev.terrace.core.signal.Metric;
import dev.terrace.core.signal.Signals;
import dev.terrace.core.signal.Signals.Sample;
import dev.terrace.engine.Engines;
import dev.terrace.engine.StoreSettings;
import dev.terrace.engines.postgresql.PostgresHealth;
import dev.terrace.net.EventLoops;
import dev.terrace.net.Transport;
import dev.terrace.net.health.HealthChecks;
import dev.terrace.net.tls.CertificateStore;
import dev.terrace.sandbox.PostgresCluster;
import dev.terrace.testkit.Await;
import java.io.IOException;
import java.net.Socket;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.RedisProtocol;

/** A front over a real cluster of two shards, each with a replica, with health checks as in use. */
final class KvRig implements AutoCloseable {

  static final String TABLES =
      """
      DROP TABLE IF EXISTS items, pages, blobs, words, counters, prices,
        strings, hashes, docs, lines;
      CREATE TABLE items (id bigint PRIMARY KEY, name text NOT NULL, price numeric(10,2),
        data bytea, note text, tag varchar(5), stock int, expires_at timestamptz);
      CREATE TABLE pages (path text PRIMARY KEY, body text, expires_at timestamptz);
      CREATE TABLE blobs (id uuid PRIMARY KEY, body bytea);
      CREATE TABLE words (id int PRIMARY KEY, word text NOT NULL);
      CREATE TABLE counters (id bigint PRIMARY KEY, n bigint);
      CREATE TABLE prices (price numeric(10,2) PRIMARY KEY, label text);
      CREATE TABLE strings (k text PRIMARY KEY, v bytea, expires_at timestamptz);
      CREATE TABLE hashes (id bigint PRIMARY KEY, a text, b text, n bigint,
        expires_at timestamptz);
      CREATE TABLE docs (id bigint PRIMARY KEY, doc jsonb NOT NULL, expires_at timestamptz);
      CREATE TABLE lines (user_id bigint, id text, note text, PRIMARY KEY (user_id, id));
      """;

  @SuppressWarnings("InlineFormatString") // a whole file, easier to read on its own
  private static final String FILE =
      """
      listen: {kv: "127.0.0.1:0"}
      kv: {memory: 8MB, store-timeout: 2s%s}
      stores:
        shop:
          engine: postgresql
          database: shop
          password: shop
          shards:
            - {primary: "%s", replicas: ["%s"]}
            - {primary: "%s", replicas: ["%s"]}
          reads: {from: replicas, max-lag: 1s}
          health: {every: 100ms, timeout: 1s}
          failover-wait: 100ms
      tables:
        items: {store: shop, shard: hash(id)}
        pages: {store: shop, shard: hash(path text)}
        blobs: {store: shop, shard: hash(id uuid)}
        words: {store: shop, shard: everywhere}
        counters: {store: shop}
        prices: {store: shop, shard: hash(price numeric)}
        strings: {store: shop}
        hashes: {store: shop, shard: hash(id)}
        docs: {store: shop, shard: hash(id)}
        lines: {store: shop, shard: hash(user_id)}
      collections:
        item: {table: items, key: id, expires: expires_at, cache: {ttl: 10m}}
        page: {table: pages, key: path, value: body, expires: expires_at, cache: {ttl: 10m}}
        blob: {table: blobs, key: id, value: body, cache: {ttl: 10m}}
        word: {table: words, key: id, cache: {ttl: 10m}}
        counter: {table: counters, key: id, value: n}
        price: {table: prices, key: price, value: label}
        str: {table: strings, key: k, value: v, expires: expires_at, cache: {ttl: 10m}}
        doc: {table: docs, key: id, value: doc, shape: json, expires: expires_at, cache: {ttl: 10m}}
        tally: {table: counters, key: id, value: n, shape: counter, cache: {ttl: 10m}}
        line: {table: lines, key: "{user_id}:{id}", cache: {ttl: 10m}}
        h: {table: hashes, key: id, expires: expires_at, cache: {ttl: 10m}}
      """;

  final PostgresCluster cluster;
  final Signals signals = new Signals();
  final Pools pools = new Pools();
  final Replication replication = new Replication();
  final ReplicaProgress progress = replication.progress();
  final EventLoops loops = EventLoops.start(Transport.best(), 2);
  final AtomicLong aheadMillis = new AtomicLong();
  final CertificateStore certificates = new CertificateStore(signals);
  final KvFront front;
  private final PostgresHealth health = new PostgresHealth(replication.roles(), progress);
  private final HealthChecks checks = new HealthChecks(signals);

  private KvRig(PostgresCluster cluster) {
    this.cluster = cluster;
    Ticker ticker = () -> System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(aheadMillis.get());
    this.front =
        new KvFront(
            loops,
            pools,
            progress,
            Engines.installed(),
            TableWrites.UNHEEDED,
            certificates,
            signals,
            ticker,
            () -> System.currentTimeMillis() + aheadMillis.get());
  }

  /** Starts with the tables emptied. */
  static KvRig start(PostgresCluster cluster, String kvSettings) throws Exception {
    for (int shard = 0; shard < 2; shard++) {
      cluster.primary(shard).execute(TABLES);
    }
    cluster.awaitReplicas();
    return resume(cluster, kvSettings);
  }

  /** Serves a file as it is, in a process that did not start the cluster. */
  @SuppressWarnings("NullAway") // nobody asks such a rig for its cluster
  static KvRig serving(String yaml) throws Exception {
    KvRig rig = new KvRig(null);
    rig.configure(yaml);
    return rig;
  }

  /** Starts on the tables as they are. */
  static KvRig resume(PostgresCluster cluster, String kvSettings) throws Exception {
    KvRig rig = new KvRig(cluster);
    rig.configure(rig.file(kvSettings));
    return rig;
  }

  /** Another node over the same tables, as they are. */
  static KvRig beside(KvRig first, String yaml) throws Exception {
    KvRig rig = new KvRig(first.cluster);
    rig.configure(yaml);
    return rig;
  }

  String file(String kvSettings) {
    return FILE.formatted(
        kvSettings.isEmpty() ? "" : ", " + kvSettings,
        cluster.primary(0).address(),
        cluster.replica(0, 0).address(),
        cluster.primary(1).address(),
        cluster.replica(1, 0).address());
  }

  static TerraceConfig parse(String yaml) {
    return ConfigFile.parse("test.yaml", yaml, Map.of()).orThrow();
  }

  void configure(String yaml) throws Exception {
    TerraceConfig file = parse(yaml);
    pools.configure(PoolSpecs.of(file));
    List<HealthChecks.Plan> plans = new ArrayList<>();
    file.databases().forEach((name, store) -> plans.addAll(plans(name, store)));
    checks.configure(plans).get(10, TimeUnit.SECONDS);
    front.configure(file);
  }

  private List<HealthChecks.Plan> plans(String name, StoreConfig store) {
    Duration second = Duration.ofSeconds(1);
    StoreSettings settings =
        new StoreSettings(
            name, store.database(), store.login(), "shop", Optional.empty(), second, second, 1);
    List<HealthChecks.Plan> plans = new ArrayList<>();
    for (int number = 0; number < store.shards().size(); number++) {
      var servers = store.shards().get(number);
      replication
          .roles()
          .declare(
              new StoreRoles.Shard(name, number),
              servers.primary().toString(),
              servers.replicas().stream().map(Object::toString).toList());
    }
    for (var shard : health.probes(settings, store.shards().size(), store.reads().limit())) {
      var h = store.health();
      plans.add(
          new HealthChecks.Plan(
              pools.get(PoolSpecs.primary(name, shard.shard())),
              shard.primary(),
              h.every(),
              h.timeout(),
              h.rise(),
              h.fall()));
      plans.add(
          new HealthChecks.Plan(
              pools.get(PoolSpecs.replicas(name, shard.shard())),
              shard.replica(),
              h.every(),
              h.timeout(),
              h.rise(),
              h.fall()));
    }
    return plans;
  }

  int port() {
    return front.addresses().getFirst().port();
  }

  Jedis client(RedisProtocol protocol) {
    return new Jedis(
        new HostAndPort("127.0.0.1", port()),
        DefaultJedisClientConfig.builder().protocol(protocol).socketTimeoutMillis(20_000).build());
  }

  Jedis client() {
    return client(RedisProtocol.RESP2);
  }

  Socket socket() throws IOException {
    Socket socket = new Socket("127.0.0.1", port());
    socket.setSoTimeout(20_000);
    return socket;
  }

  /** Waits until the replicas are proven to hold all that was written until now. */
  void awaitReplicas() {
    long now = System.nanoTime();
    for (int shard = 0; shard < 2; shard++) {
      String replica = cluster.replica(shard, 0).address();
      Await.until("replica " + replica + " is near", () -> progress.holds(replica, now));
    }
  }

  /** The sum of a counter over all series whose labels contain these. */
  long count(Metric metric, String... labels) {
    double sum = 0;
    for (Sample sample : signals.samples()) {
      if (sample.series().metric() == metric
          && sample.series().labelValues().containsAll(List.of(labels))
          && sample instanceof Sample.Value value) {
        sum += value.value();
      }
    }
    return Math.round(sum);
  }

  long reads() {
    return count(Metric.KV_ENGINE_READS);
  }

  /** What a statement's first column answers on a shard's primary, row by row. */
  List<String> sql(int shard, String statement) throws SQLException {
    List<String> answers = new ArrayList<>();
    try (Connection connection = cluster.primary(shard).connect();
        Statement s = connection.createStatement();
        ResultSet results = s.executeQuery(statement)) {
      while (results.next()) {
        answers.add(String.valueOf(results.getString(1)));
      }
    }
    return answers;
  }

  /** The same on both shards, one after the other. */
  List<String> sql(String statement) throws SQLException {
    List<String> answers = new ArrayList<>(sql(0, statement));
    answers.addAll(sql(1, statement));
    return answers;
  }

  @Override
  public void close() {
    front.close();
    checks.close();
    certificates.close();
    health.close();
    loops.close();
  }
}
