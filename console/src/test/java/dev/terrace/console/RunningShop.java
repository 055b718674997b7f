package dev.terrace.console;

import dev.terrace.config.CollectionConfig;
import dev.terrace.config.CollectionConfig.CacheConfig;
import dev.terrace.config.CollectionConfig.WriteMode;
import dev.terrace.config.DnsConfig;
import dev.terrace.config.DnsConfig.RecordConfig;
import dev.terrace.config.DnsConfig.ZoneConfig;
import dev.terrace.config.HttpConfig;
import dev.terrace.config.HttpConfig.MatchConfig;
import dev.terrace.config.HttpConfig.RouteConfig;
import dev.terrace.config.KvConfig;
import dev.terrace.config.ListenConfig;
import dev.terrace.config.PoolConfig;
import dev.terrace.config.PoolSpecs;
import dev.terrace.config.RuntimeConfig;
import dev.terrace.config.RuntimeConfig.TransportChoice;
import dev.terrace.config.Secret;
import dev.terrace.config.ShardRule;
import dev.terrace.config.Size;
import dev.terrace.config.SqlConfig;
import dev.terrace.config.StoreConfig;
import dev.terrace.config.StoreConfig.EngineKind;
import dev.terrace.config.StoreConfig.ReadFrom;
import dev.terrace.config.StoreConfig.ReadsConfig;
import dev.terrace.config.StoreConfig.ShardConfig;
import dev.terrace.config.StoreConfig.StoreHealthConfig;
import dev.terrace.config.TableConfig;
import dev.terrace.config.TerraceConfig;
import dev.terrace.core.balance.RoundRobin;
import dev.terrace.core.freshness.ReplicaProgress;
import dev.terrace.core.place.KeyType;
import dev.terrace.core.pool.Address;
import dev.terrace.core.pool.Member;
import dev.terrace.core.pool.Pools;
import dev.terrace.core.signal.Signals;
import dev.terrace.net.BindFailure;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** A console over the pools, signals and file of a shop, listening on a free port. */
final class RunningShop implements Sources, AutoCloseable {

  final Signals signals = new Signals();
  final ReplicaProgress progress = new ReplicaProgress();
  final List<String> missing = new CopyOnWriteArrayList<>();
  final List<String> problems = new CopyOnWriteArrayList<>();
  final List<String> purged = new CopyOnWriteArrayList<>();
  private final Pools pools = new Pools();
  private final Instant started = Instant.now();
  private final TerraceConfig file;
  private final Console console;

  RunningShop() throws BindFailure {
    this(shop(0));
  }

  RunningShop(TerraceConfig file) throws BindFailure {
    this.file = file;
    pools.configure(PoolSpecs.of(file));
    console = new Console(this, signals);
    console.configure(file);
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
  public Optional<ReplicaProgress> replicas() {
    return Optional.of(progress);
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
    console.close();
  }

  private static List<Address> at(String... addresses) {
    return List.of(addresses).stream().map(Address::parse).toList();
  }

  private static PoolConfig pool(String... members) {
    return new PoolConfig(
        List.of(members).stream().map(Member::of).toList(),
        new RoundRobin(),
        Optional.empty(),
        Duration.ofSeconds(1),
        1024,
        Duration.ofSeconds(60));
  }

  /** A file with nothing but the admin listener. */
  static TerraceConfig bare() {
    return file(
        new ListenConfig(List.of(), List.of(), List.of(), List.of(), at("127.0.0.1:0")),
        Map.of(),
        new DnsConfig(Map.of()),
        List.of(),
        Map.of(),
        Map.of(),
        Map.of());
  }

  /** The file of the demo, as far as the console shows it. */
  static TerraceConfig shop(int adminPort) {
    Map<String, PoolConfig> pools = new LinkedHashMap<>();
    pools.put("app", pool("127.0.0.1:9001", "127.0.0.1:9002", "127.0.0.1:9003"));
    pools.put("edges", pool("192.0.2.10", "192.0.2.11"));
    RecordConfig www =
        new RecordConfig(
            Optional.of("edges"),
            Optional.empty(),
            2,
            List.of(),
            Optional.empty(),
            List.of(),
            Duration.ofSeconds(30));
    ZoneConfig zone =
        new ZoneConfig(List.of(), Optional.empty(), Duration.ofSeconds(30), Map.of("www", www));
    MatchConfig any =
        new MatchConfig(Optional.empty(), Optional.of("/*"), Optional.empty(), Map.of(), Map.of());
    Map<String, TableConfig> tables = new LinkedHashMap<>();
    tables.put("users", new TableConfig("shop", new ShardRule.Hash("id", KeyType.BIGINT)));
    tables.put("orders", new TableConfig("shop", new ShardRule.Hash("user_id", KeyType.BIGINT)));
    tables.put("products", new TableConfig("shop", new ShardRule.Everywhere()));
    Map<String, CollectionConfig> collections = new LinkedHashMap<>();
    collections.put("product", collection("products", "id", Duration.ofMinutes(10)));
    collections.put("cart", collection("carts", "user_id", Duration.ofHours(1)));
    return file(
        new ListenConfig(
            at("127.0.0.1:5300"),
            at("127.0.0.1:8080"),
            at("127.0.0.1:6432"),
            at("127.0.0.1:6380"),
            at("127.0.0.1:" + adminPort)),
        pools,
        new DnsConfig(Map.of("shop.example", zone)),
        List.of(new RouteConfig(any, "app", Optional.empty(), Optional.empty())),
        Map.of("shop", store()),
        tables,
        collections);
  }

  private static CollectionConfig collection(String table, String key, Duration ttl) {
    return new CollectionConfig(
        table,
        key,
        Optional.empty(),
        Optional.empty(),
        new CacheConfig(ttl, WriteMode.THROUGH, Duration.ofMillis(500)));
  }

  private static StoreConfig store() {
    return new StoreConfig(
        EngineKind.POSTGRESQL,
        "shop",
        Optional.of("shop"),
        Optional.of(new Secret("hunter2")),
        List.of(
            new ShardConfig(Address.parse("127.0.0.1:5501"), at("127.0.0.1:5502")),
            new ShardConfig(Address.parse("127.0.0.1:5511"), at("127.0.0.1:5512"))),
        new ReadsConfig(ReadFrom.REPLICAS, Duration.ofSeconds(1), true),
        new StoreHealthConfig(Duration.ofMillis(500), Duration.ofSeconds(1), 2, 2));
  }

  private static TerraceConfig file(
      ListenConfig listen,
      Map<String, PoolConfig> pools,
      DnsConfig dns,
      List<RouteConfig> routes,
      Map<String, StoreConfig> stores,
      Map<String, TableConfig> tables,
      Map<String, CollectionConfig> collections) {
    Duration minute = Duration.ofMinutes(1);
    Size size = new Size(64 << 20);
    return new TerraceConfig(
        listen,
        new RuntimeConfig(0, TransportChoice.AUTO, Duration.ofSeconds(10), 10_000),
        pools,
        dns,
        new HttpConfig(Optional.empty(), routes, minute, minute, minute, new Size(32 << 10), 3),
        new SqlConfig(Map.of(), Optional.empty(), 100, minute, minute, minute, size),
        new KvConfig(Optional.empty(), size, size, 65_536, 1024, minute, minute),
        stores,
        tables,
        collections);
  }
}
