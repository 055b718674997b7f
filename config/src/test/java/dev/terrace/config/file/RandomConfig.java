package dev.terrace.config.file;

import dev.terrace.config.CollectionConfig;
import dev.terrace.config.CollectionConfig.CacheConfig;
import dev.terrace.config.CollectionConfig.WriteMode;
import dev.terrace.config.DnsConfig;
import dev.terrace.config.DnsConfig.RecordConfig;
import dev.terrace.config.DnsConfig.ZoneConfig;
import dev.terrace.config.HealthConfig;
import dev.terrace.config.HttpConfig;
import dev.terrace.config.HttpConfig.EdgeCacheConfig;
import dev.terrace.config.HttpConfig.MatchConfig;
import dev.terrace.config.HttpConfig.RouteCacheConfig;
import dev.terrace.config.HttpConfig.RouteConfig;
import dev.terrace.config.HttpConfig.StickyConfig;
import dev.terrace.config.KvConfig;
import dev.terrace.config.ListenConfig;
import dev.terrace.config.PoolConfig;
import dev.terrace.config.RuntimeConfig;
import dev.terrace.config.RuntimeConfig.TransportChoice;
import dev.terrace.config.Secret;
import dev.terrace.config.ShardRule;
import dev.terrace.config.Size;
import dev.terrace.config.SqlConfig;
import dev.terrace.config.SqlConfig.UserConfig;
import dev.terrace.config.StoreConfig;
import dev.terrace.config.StoreConfig.EngineKind;
import dev.terrace.config.StoreConfig.ReadFrom;
import dev.terrace.config.StoreConfig.ReadsConfig;
import dev.terrace.config.StoreConfig.ShardConfig;
import dev.terrace.config.StoreConfig.StoreHealthConfig;
import dev.terrace.config.TableConfig;
import dev.terrace.config.TerraceConfig;
import dev.terrace.core.balance.Policies;
import dev.terrace.core.balance.Policy;
import dev.terrace.core.place.Key;
import dev.terrace.core.place.KeyType;
import dev.terrace.core.pool.Address;
import dev.terrace.core.pool.Member;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/** Good configs at random, with texts that YAML and variables could take for something else. */
final class RandomConfig {

  private static final List<String> TEXTS =
      List.of(
          "plain",
          "",
          " ",
          "null",
          "~",
          "true",
          "12",
          "1e3",
          "0x1F",
          "2026-01-01",
          "a: b",
          "- a",
          "#no",
          "a #b",
          "'q'",
          "\"q\"",
          "${HOME}",
          "$$",
          "$x",
          "${",
          "a\nb",
          "\tt",
          "é",
          "😀",
          "{a}",
          "[a]",
          "*a",
          "&a",
          "!a",
          "|",
          ">",
          "%a",
          "@a",
          "`a",
          "=",
          "<<",
          "\u0007",
          "trailing ",
          "x".repeat(300),
          "---",
          "...",
          "?",
          ": ",
          ",");

  private final Random random;
  private int ports = 1024;

  RandomConfig(long seed) {
    random = new Random(seed);
  }

  TerraceConfig next() {
    ports = 1024;
    return new TerraceConfig(
        listen(),
        runtime(),
        Map.of("app", pool(this::namedMember), "edges", pool(this::literalMember)),
        new DnsConfig(Map.of("shop.example", zone()), duration(1)),
        http(),
        sql(),
        kv(),
        Map.of("shop", store()),
        named(3, "t", i -> new TableConfig("shop", i == 0 ? new ShardRule.Single() : rule())),
        named(2, "c", i -> collection()));
  }

  private ListenConfig listen() {
    return new ListenConfig(
        many(this::local),
        many(this::local),
        many(this::local),
        many(this::local),
        many(this::local));
  }

  private RuntimeConfig runtime() {
    return new RuntimeConfig(
        random.nextInt(9), one(TransportChoice.values()), duration(0), count());
  }

  private PoolConfig pool(Supplier<Member> member) {
    List<Member> members = new ArrayList<>(many(member));
    members.add(member.get());
    HealthConfig health =
        new HealthConfig(maybe(() -> "/" + text()), duration(1), duration(1), count(), count());
    return new PoolConfig(
        List.copyOf(members), policy(), maybe(() -> health), duration(1), count(), duration(1));
  }

  private Member namedMember() {
    return new Member(new Address("app.example", ports++), weight(), zoneName());
  }

  private Member literalMember() {
    String host = random.nextBoolean() ? "192.0.2.1" : "2001:db8::1";
    return new Member(new Address(host, ports++), weight(), zoneName());
  }

  private int weight() {
    return random.nextBoolean() ? 1 : 1 + random.nextInt(Member.WEIGHT_MAX);
  }

  private String zoneName() {
    return random.nextBoolean() ? "" : text();
  }

  private Policy policy() {
    return Policies.parse(
        one("round-robin", "random", "ip-hash", "hash(path)", "hash(header:$X)", "hash(cookie:a)"));
  }

  private ZoneConfig zone() {
    return new ZoneConfig(
        many(() -> "ns1.shop.example"),
        maybe(() -> "admin.shop.example"),
        seconds(),
        named(3, "r", _ -> record()));
  }

  private RecordConfig record() {
    int kind = random.nextInt(4);
    return new RecordConfig(
        Optional.of("edges").filter(_ -> kind == 0),
        maybe(this::policy),
        1 + random.nextInt(64),
        kind == 1 ? List.of("192.0.2.1", "::1") : List.of(),
        Optional.of("other.example").filter(_ -> kind == 2),
        kind == 3 ? List.of("ns1.other.example") : List.of(),
        seconds());
  }

  private HttpConfig http() {
    return new HttpConfig(
        maybe(() -> new EdgeCacheConfig(size(0, 1L << 50))),
        List.of(route(), route()),
        duration(1),
        duration(1),
        duration(1),
        size(1024, 1 << 20),
        1 + random.nextInt(10));
  }

  private RouteConfig route() {
    MatchConfig match =
        new MatchConfig(
            maybe(() -> one("shop.example", "*.shop.example")),
            maybe(() -> one("/", "/*", "/a/*", "/$a b")),
            maybe(() -> one("GET", "PURGE")),
            named(random.nextInt(3), "X-", _ -> text()),
            named(random.nextInt(3), "c", _ -> text()));
    return new RouteConfig(
        match,
        "app",
        maybe(() -> new RouteCacheConfig(duration(0))),
        maybe(() -> new StickyConfig("srv")));
  }

  private SqlConfig sql() {
    return new SqlConfig(
        named(random.nextInt(3), text() + "u", _ -> new UserConfig(new Secret("***"))),
        maybe(() -> "shop"),
        count(),
        duration(1),
        duration(1),
        duration(1),
        size(1024, 1 << 30));
  }

  private KvConfig kv() {
    return new KvConfig(
        maybe(() -> new Secret("***")),
        size(0, 1L << 50),
        size(1024, 512 << 20),
        count(),
        count(),
        duration(1),
        duration(0));
  }

  private StoreConfig store() {
    List<ShardConfig> shards =
        IntStream.range(0, 3).mapToObj(_ -> new ShardConfig(server(), many(this::server))).toList();
    return new StoreConfig(
        one(EngineKind.values()),
        text(),
        maybe(this::text),
        maybe(() -> new Secret("***")),
        shards,
        new ReadsConfig(one(ReadFrom.values()), duration(1), random.nextBoolean()),
        new StoreHealthConfig(duration(1), duration(1), count(), count()));
  }

  private ShardRule rule() {
    return switch (random.nextInt(7)) {
      case 0 -> new ShardRule.Everywhere();
      case 1 -> new ShardRule.Hash("id", one(KeyType.BIGINT, KeyType.TEXT, KeyType.UUID));
      case 2 -> range(KeyType.BIGINT, i -> new Key.Whole(i * 1000L - 1500));
      case 3 -> range(KeyType.DATE, i -> new Key.Day(LocalDate.of(2026, 1 + i, 1)));
      case 4 -> range(KeyType.UUID, i -> new Key.Uuid(new UUID(i, random.nextLong())));
      case 5 -> range(KeyType.TEXT, i -> new Key.Text(i + text()));
      default -> new ShardRule.Single();
    };
  }

  private ShardRule range(KeyType type, IntFunction<Key> split) {
    List<Key> splits = IntStream.range(1, 2 + random.nextInt(3)).mapToObj(split).toList();
    List<Integer> owners =
        IntStream.rangeClosed(0, splits.size()).mapToObj(_ -> random.nextInt(3)).toList();
    return new ShardRule.Range("day", type, splits, maybe(() -> owners));
  }

  private CollectionConfig collection() {
    return new CollectionConfig(
        "t0",
        "id",
        maybe(() -> "v"),
        maybe(() -> "until"),
        new CacheConfig(duration(0), one(WriteMode.values()), duration(0)));
  }

  private Address local() {
    return new Address("127.0.0.1", random.nextInt(4) == 0 ? 0 : ports++);
  }

  private Address server() {
    return new Address("db.example", ports++);
  }

  private String text() {
    return TEXTS.get(random.nextInt(TEXTS.size()));
  }

  private int count() {
    return 1 + random.nextInt(Integer.MAX_VALUE - 1);
  }

  private Duration duration(int least) {
    long unit = one(1L, 1000L, 60_000L, 3_600_000L, 86_400_000L);
    return Duration.ofMillis((least + random.nextInt(3000)) * unit);
  }

  private Duration seconds() {
    return Duration.ofSeconds(random.nextInt(Integer.MAX_VALUE));
  }

  private Size size(long least, long most) {
    long any = random.nextLong(least, most + 1);
    return new Size(random.nextBoolean() ? any : Math.max(least, Long.highestOneBit(any)));
  }

  private <T> Optional<T> maybe(Supplier<T> value) {
    return random.nextBoolean() ? Optional.of(value.get()) : Optional.empty();
  }

  private <T> List<T> many(Supplier<T> value) {
    return IntStream.range(0, random.nextInt(3)).mapToObj(_ -> value.get()).toList();
  }

  private static <T> Map<String, T> named(int count, String prefix, IntFunction<T> value) {
    Map<String, T> named = new LinkedHashMap<>();
    IntStream.range(0, count).forEach(i -> named.put(prefix + i, value.apply(i)));
    return named;
  }

  @SafeVarargs
  private final <T> T one(T... choices) {
    return choices[random.nextInt(choices.length)];
  }
}
