package dev.terrace.console;

import dev.terrace.config.PoolSpecs;
import dev.terrace.config.TerraceConfig;
import dev.terrace.config.file.ConfigFile;
import dev.terrace.console.reshard.Reshard;
import dev.terrace.core.freshness.ReplicaProgress;
import dev.terrace.core.freshness.Replication;
import dev.terrace.core.pool.Memberships;
import dev.terrace.core.pool.Pools;
import dev.terrace.core.signal.Signals;
import dev.terrace.net.BindFailure;
import dev.terrace.net.discovery.Discovery;
import dev.terrace.net.discovery.Drains;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** A console over the pools, signals and file of a shop, listening on a free port. */
final class RunningShop implements Sources, AutoCloseable {

  /** What is seen of a resharding. */
  volatile Reshard.Status resharding = Reshard.Status.NONE;

  /** A file with nothing but the admin listener. */
  static final String BARE = "listen: {admin: 127.0.0.1:0}\n";

  /** The file of the demo, as far as the console shows it. */
  static final String SHOP =
      """
      listen:
        dns: 127.0.0.1:5300
        http: 127.0.0.1:8080
        sql: 127.0.0.1:6432
        kv: 127.0.0.1:6380
        admin: 127.0.0.1:0
      pools:
        app: {members: [127.0.0.1:9001, 127.0.0.1:9002, 127.0.0.1:9003]}
        edges: {members: [192.0.2.10, 192.0.2.11]}
      dns:
        zones:
          shop.example: {records: {www: {pool: edges, answers: 2}}}
      http:
        routes:
          - {match: {path: /products/*}, pool: app}
          - {match: {path: /*}, pool: app}
      stores:
        shop:
          engine: postgresql
          database: shop
          password: hunter2
          shards:
            - {primary: 127.0.0.1:5501, replicas: [127.0.0.1:5502]}
            - {primary: 127.0.0.1:5511, replicas: [127.0.0.1:5512]}
      tables:
        users: {store: shop, shard: hash(id)}
        orders: {store: shop, shard: hash(user_id)}
        events: {store: shop, shard: {range: day, splits: ["2026-01-01", "2026-07-01"]}}
        products: {store: shop, shard: everywhere}
        carts: {store: shop, shard: hash(user_id)}
      collections:
        product: {table: products, key: id, cache: {ttl: 10m}}
        cart: {table: carts, key: user_id, cache: {ttl: 1h}}
      """;

  final Signals signals = new Signals();
  final Replication replication = new Replication();
  final ReplicaProgress progress = replication.progress();
  final List<String> missing = new CopyOnWriteArrayList<>();
  final List<String> problems = new CopyOnWriteArrayList<>();
  final List<String> purged = new CopyOnWriteArrayList<>();
  private final Pools pools = new Pools();
  private final Memberships memberships = new Memberships(pools);
  final List<String> cut = new CopyOnWriteArrayList<>();
  final Map<String, Discovery.Status> discoveries = new ConcurrentHashMap<>();
  private final Drains drains =
      new Drains(memberships, (pool, member) -> cut.add(pool + " " + member), Instant::now);
  private final Instant started = Instant.now();
  private final TerraceConfig file;
  private final Console console;

  RunningShop() throws BindFailure {
    this(SHOP);
  }

  RunningShop(String yaml) throws BindFailure {
    file = parse(yaml);
    memberships.configure(PoolSpecs.of(file));
    console = new Console(this, signals);
    console.configure(file);
  }

  static TerraceConfig parse(String yaml) {
    return ConfigFile.parse("shop.yaml", yaml, Map.of()).orThrow();
  }

  Console console() {
    return console;
  }

  int port() {
    return console.addresses().getFirst().port();
  }

  URI uri(String path) {
    return URI.create("http://127.0.0.1:" + port() + path);
  }

  @Override
  public TerraceConfig file() {
    return file;
  }

  @Override
  public Pools pools() {
    return pools;
  }

  @Override
  public Memberships memberships() {
    return memberships;
  }

  @Override
  public Drains drains() {
    return drains;
  }

  @Override
  public Optional<Discovery.Status> discovery(String pool) {
    return Optional.ofNullable(discoveries.get(pool));
  }

  @Override
  public List<String> missing() {
    return List.copyOf(missing);
  }

  @Override
  public Instant started() {
    return started;
  }

  @Override
  public String version() {
    return "0.1.0-test";
  }

  @Override
  public Failover failover(Failover.Request request) {
    return new Failover.Refused(request.toString(), "ask a running one");
  }

  /** There is none to be seen. */
  @Override
  public Reshard.Status reshard(Reshard.Request request) {
    return Reshard.Status.NONE;
  }

  @Override
  public Reshard.Status resharding() {
    return resharding;
  }

  /** Where there is no key-value front: there are none. */
  @Override
  public RefusedWrites refusedWrites() {
    return new RefusedWrites() {
      @Override
      public List<Refused> all() {
        return List.of();
      }

      @Override
      public int replay(Which which) {
        return 0;
      }

      @Override
      public int drop(Which which) {
        return 0;
      }
    };
  }

  /** Where there is no SQL front: nothing can be seen, and nothing done. */
  @Override
  public SqlOperation sql() {
    return new NoSqlFront();
  }

  @Override
  public Replication replication() {
    return replication;
  }

  @Override
  public List<String> reload() {
    return List.copyOf(problems);
  }

  @Override
  public long purge(String pattern) {
    purged.add(pattern);
    return 3;
  }

  @Override
  public void close() {
    drains.close();
    console.close();
  }
}
