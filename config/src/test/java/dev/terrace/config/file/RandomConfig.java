package dev.terrace.config.file;

import dev.terrace.config.CollectionConfig;
import dev.terrace.config.FrontTlsConfig;
import dev.terrace.config.HealthConfig;
import dev.terrace.config.HttpConfig;
import dev.terrace.config.KvConfig;
import dev.terrace.config.PoolConfig;
import dev.terrace.config.PoolConfig.MemberProtocol;
import dev.terrace.config.RouteConfig;
import dev.terrace.config.ShardRule;
import dev.terrace.config.SqlConfig;
import dev.terrace.config.SqlConfig.AuthMethod;
import dev.terrace.config.StoreConfig;
import dev.terrace.config.StoreConfig.FailoverMode;
import dev.terrace.config.StoreConfig.ShardConfig;
import dev.terrace.config.TerraceConfig;
import dev.terrace.config.TlsConfig.AcmeConfig;
import dev.terrace.config.shape.FormShape;
import dev.terrace.config.shape.ListShape;
import dev.terrace.config.shape.MapShape;
import dev.terrace.config.shape.OptionalShape;
import dev.terrace.config.shape.RecordShape;
import dev.terrace.config.shape.RecordShape.Field;
import dev.terrace.config.shape.ScalarShape;
import dev.terrace.config.shape.Shape;
import dev.terrace.config.shape.Shapes;
import dev.terrace.core.place.Key;
import dev.terrace.core.place.KeyType;
import dev.terrace.core.pool.Address;
import dev.terrace.core.pool.Member;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * Good configs at random: any value of each key's kind, or a fitting one where names must agree.
 */
final class RandomConfig {

  /** Texts that YAML, or the filling in of variables, could take for something else. */
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

  /** Files that are looked for must be there. */
  private static final String FILE = "src/test/resources/files/shop.pem";

  private static final List<String> VALUES = List.of("a", "b: c", "$d", "#e");

  private static final Map<String, List<String>> SAMPLES =
      Map.of(
          "percentage", List.of("0%", "0.01%", "33.3%", "100%"),
          "rate", List.of("1/s", "30/m", "1000/h"),
          "network", List.of("10.0.0.0/8", "192.0.2.1", "2001:db8::/32", "0.0.0.0/0"),
          "statuses", List.of("200", "200-299,304"),
          "regular expression", List.of("/u/(\\d+)", "/[a-z]{2}$", ".*"),
          "1.2 or 1.3", List.of("1.2", "1.3"),
          "name in DNS", List.of("app.internal:8080", "_http._tcp.internal"));

  /** What a text must be where the checks of the whole file look at it. */
  private static final Map<String, List<String>> FITTING =
      Map.ofEntries(
          Map.entry("pools.NAME.health.http", List.of("/", "/$health", "/a b")),
          Map.entry("pools.NAME.health.host", List.of("shop.example", "[::1]:80")),
          Map.entry("dns.zones.NAME.nameservers[]", List.of("ns1", "ns.other.example.")),
          Map.entry("dns.zones.NAME.hostmaster", List.of("admin.shop.example")),
          Map.entry("dns.zones.NAME.records.NAME.pool", List.of("app", "edges")),
          Map.entry("dns.zones.NAME.records.NAME.addresses[]", List.of("192.0.2.1", "::1")),
          Map.entry("dns.zones.NAME.records.NAME.cname", List.of("@", "www", "other.example")),
          Map.entry("dns.zones.NAME.records.NAME.ns[]", List.of("ns1", "ns.other.example")),
          Map.entry("http.access-log.file", List.of("-", "access.log")),
          Map.entry("http.tracing.endpoint", List.of("http://127.0.0.1:4318/v1/traces")),
          Map.entry("http.debug-header", List.of("X-Debug")),
          Map.entry("pools.NAME.load-header", List.of("X-Load")),
          Map.entry("tls.acme.directory", List.of("https://acme.example/directory")),
          Map.entry("tls.acme.domains[]", List.of("shop.example", "www.shop.example")),
          Map.entry("http.routes[].pool", List.of("app", "edges")),
          Map.entry("http.routes[].mirror.pool", List.of("app", "edges")),
          Map.entry("http.routes[].rewrite.path", List.of("/fixed", "/a/b$")),
          Map.entry("http.routes[].rewrite.host", List.of("a.example", "a:80", "[::1]:80")),
          Map.entry("http.routes[].rewrite.request-headers.remove[]", List.of("X-A")),
          Map.entry("http.routes[].rewrite.response-headers.remove[]", List.of("X-A")),
          Map.entry("http.routes[].rewrite.request-headers.set.NAME", VALUES),
          Map.entry("http.routes[].rewrite.request-headers.add.NAME", VALUES),
          Map.entry("http.routes[].rewrite.response-headers.set.NAME", VALUES),
          Map.entry("http.routes[].rewrite.response-headers.add.NAME", VALUES),
          Map.entry("http.routes[].respond.headers.NAME", VALUES),
          Map.entry("http.routes[].redirect.to", List.of("https://{host}{path}", "/$x")),
          Map.entry("http.routes[].match.host", List.of("shop.example", "*.shop.example")),
          Map.entry("http.routes[].match.path", List.of("/", "/*", "/a/*", "/$a b")),
          Map.entry("http.routes[].match.method", List.of("GET", "PURGE")),
          Map.entry("http.routes[].sticky.cookie", List.of("srv", "$s")),
          Map.entry("sql.read-only-functions[]", List.of("total", "app.total")),
          Map.entry("stores.NAME.database", List.of("shop")),
          Map.entry("stores.NAME.coordinator.database", List.of("shop_all", "all rows")),
          Map.entry("stores.NAME.reads.balance", List.of("round-robin", "random", "peak-ewma")),
          Map.entry("kv.users.NAME.commands[]", List.of("+get", "-@write", "+config|get")),
          Map.entry("kv.users.NAME.keys[]", List.of("a:*", "%R~b:*")),
          Map.entry("kv.journal.segment", List.of("64KB", "1MB")),
          Map.entry("kv.journal.limit", List.of("4MB", "1GB")),
          Map.entry("sql.stores[]", List.of("shop")),
          Map.entry("tables.NAME.store", List.of("shop")),
          Map.entry("collections.NAME.table", List.of("users", "orders")),
          Map.entry("collections.NAME.key", List.of("id", "user_id")),
          Map.entry("collections.NAME.value", List.of("v", "a$b")),
          Map.entry("collections.NAME.expires", List.of("until")));

  private static final Map<String, List<String>> NAMES =
      Map.of(
          "pools", List.of("app", "edges"),
          "stores", List.of("shop"),
          "sql.databases", List.of("shop"),
          "collections", List.of("user", "cart"),
          "tables", List.of("users", "orders", "app.events"),
          "dns.zones", List.of("shop.example", "example"),
          "http.routes[].pools", List.of("app", "edges"));

  private static final Set<String> NEVER_EMPTY =
      Set.of(
          "pools.NAME.members",
          "stores.NAME.shards",
          "http.routes",
          "listen.http",
          "tls.certificates",
          "sql.tls.certificates",
          "kv.tls.certificates",
          "tls.acme.domains");

  private static final int SHARDS = 2;

  private final Random random;
  private int ports;

  RandomConfig(long seed) {
    random = new Random(seed);
  }

  TerraceConfig next() {
    ports = 1024;
    return (TerraceConfig) value(Shapes.FILE, "");
  }

  private Object value(Shape shape, String path) {
    return switch (shape) {
      case ScalarShape scalar -> scalar(scalar, path);
      case FormShape either when either.text().name().equals("member") -> member();
      case FormShape _ -> rule();
      case OptionalShape optional ->
          random.nextBoolean() ? Optional.empty() : Optional.of(value(optional.value(), path));
      case ListShape list -> list(list, path);
      case MapShape map -> named(map, path);
      case RecordShape record -> record(record, path);
    };
  }

  private Object list(ListShape list, String path) {
    boolean shards = path.equals("stores.NAME.shards");
    int size = shards ? SHARDS : random.nextInt(3) + (NEVER_EMPTY.contains(path) ? 1 : 0);
    return IntStream.range(0, size).mapToObj(_ -> value(list.item(), path + "[]")).toList();
  }

  private Object named(MapShape map, String path) {
    List<String> names =
        NAMES.getOrDefault(path, List.of("n1", "n2").subList(0, random.nextInt(3)));
    if (path.equals("http.routes[].pools") && random.nextBoolean()) {
      names = List.of();
    }
    Map<String, Object> entries = new LinkedHashMap<>();
    names.forEach(name -> entries.put(name, value(map.value(), path + ".NAME")));
    return entries;
  }

  /** Draws until the record's own check is content. */
  private Object record(RecordShape record, String path) {
    for (int draw = 0; draw < 1000; draw++) {
      List<Object> values = new ArrayList<>();
      for (Field field : record.fields()) {
        values.add(value(field.shape(), path.isEmpty() ? field.key() : path + "." + field.key()));
      }
      try {
        Object drawn = record.create(values);
        if (fits(drawn)) {
          return drawn;
        }
      } catch (IllegalArgumentException e) {
        // Another draw may do.
      }
    }
    throw new AssertionError("no good value of " + path + " in 1000");
  }

  /** Whether the checks that look at several records have nothing against it. */
  private static boolean fits(Object record) {
    return switch (record) {
      case RouteConfig route ->
          !route.pools().isEmpty() || (route.splitBy().isEmpty() && fitsWithoutPools(route));
      case AcmeConfig acme -> acme.termsAgreed();
      case SqlConfig sql ->
          sql.tls().flatMap(FrontTlsConfig::clientAuth).isPresent()
              || sql.users().values().stream().noneMatch(user -> user.auth() == AuthMethod.CERT);
      case HttpConfig http -> !http.proxyProtocol() || !http.trustedProxies().isEmpty();
      case PoolConfig pool ->
          pool.protocol() == MemberProtocol.HTTP2
              || pool.health().flatMap(HealthConfig::grpc).isEmpty();
      case StoreConfig store ->
          store.engine().isRelational()
              && (store.failover() == FailoverMode.MANUAL
                  || store.reads().maxLagBytes().isPresent());
      case ShardConfig shard -> shard.weight() == 1 && shard.name().isEmpty();
      // The only store holds tables.
      case CollectionConfig collection ->
          collection.table().isPresent() && collection.cache().shared().isEmpty();
      case KvConfig kv -> kv.defaultStore().isEmpty() && kv.nodes().isEmpty();
      default -> true;
    };
  }

  private static boolean fitsWithoutPools(RouteConfig route) {
    return route.pool().isPresent()
        || (route.rewrite().isEmpty()
            && route.mirror().isEmpty()
            && route.sticky().isEmpty()
            && route.cache().isEmpty()
            && route.responseTimeout().isEmpty()
            && route.attempts().isEmpty()
            && route.retryOn().isEmpty()
            && route.hedge().isEmpty());
  }

  private Object scalar(ScalarShape scalar, String path) {
    if (!scalar.choices().isEmpty()) {
      return scalar.reader().apply(one(scalar.choices()));
    }
    return switch (scalar.name()) {
      case "text" -> one(FITTING.getOrDefault(path, TEXTS));
      case "secret" -> scalar.reader().apply("***");
      case "integer" -> integer(path);
      case "duration" -> scalar.reader().apply(duration());
      case "size" ->
          scalar
              .reader()
              .apply(
                  one(FITTING.getOrDefault(path, List.of("1KB", "1536", "32KB", "1MB", "65537"))));
      case "percentage",
          "rate",
          "network",
          "statuses",
          "regular expression",
          "1.2 or 1.3",
          "name in DNS" ->
          scalar.reader().apply(one(SAMPLES.getOrDefault(scalar.name(), List.of())));
      case "file" -> scalar.reader().apply(one(FITTING.getOrDefault(path, List.of(FILE))));
      case "address" -> new Address("127.0.0.1", ports++);
      default -> throw new AssertionError("say here how to draw a " + scalar.name());
    };
  }

  private int integer(String path) {
    if (path.contains("retry-on")) {
      return one(List.of(429, 500, 503, 599));
    }
    return one(
        path.endsWith(".redirect.status")
            ? List.of(301, 308)
            : path.endsWith(".respond.status") ? List.of(200, 404) : List.of(1, 2, 3, 8, 64, 1000));
  }

  private String duration() {
    return 1 + random.nextInt(3000) + one(List.of("ms", "s", "m", "h", "d"));
  }

  /** One that HTTP and DNS can both use. */
  private Member member() {
    String host = one(List.of("192.0.2.1", "2001:db8::1"));
    int weight = random.nextBoolean() ? 1 : 1 + random.nextInt(Member.WEIGHT_MAX);
    return new Member(new Address(host, ports++), weight, random.nextBoolean() ? "" : one(TEXTS));
  }

  private ShardRule rule() {
    return switch (random.nextInt(12)) {
      case 0 -> new ShardRule.Everywhere();
      case 1 ->
          new ShardRule.Hash(
              IntStream.rangeClosed(0, random.nextInt(3))
                  .mapToObj(i -> new ShardRule.Column("k" + i, one(List.of(KeyType.values()))))
                  .toList());
      case 2 -> range(KeyType.BIGINT, i -> new Key.Whole(i * 1000L - 1500));
      case 3 -> range(KeyType.DATE, i -> new Key.Day(LocalDate.of(2026, 1 + i, 1)));
      case 7 -> range(KeyType.TIMESTAMPTZ, i -> new Key.Moment(KeyType.TIMESTAMPTZ, i * 999_999L));
      case 10 -> ranges(random.nextInt(2) + 1);
      case 9 -> range(KeyType.BYTEA, i -> Key.Bytes.of(new byte[] {(byte) i, -1}));
      case 8 -> range(KeyType.NUMERIC, i -> KeyType.NUMERIC.parse(i + ".50"));
      case 4 -> range(KeyType.UUID, i -> new Key.Uuid(new UUID(i, random.nextLong())));
      case 5 -> range(KeyType.TEXT, i -> new Key.Text(i + one(TEXTS)));
      case 6 ->
          new ShardRule.Directory(
              "land",
              KeyType.TEXT,
              Map.of(new Key.Text("a" + one(TEXTS)), 1),
              random.nextBoolean() ? Optional.empty() : Optional.of(0));
      default -> new ShardRule.Single();
    };
  }

  /** Of two columns, splits of as many or of the first alone. */
  private ShardRule ranges(int width) {
    List<Key> splits =
        IntStream.range(1, 4)
            .<Key>mapToObj(i ->
                new Key.Row(
                    List.<Key>of(new Key.Whole(i), new Key.Text(one(TEXTS))).subList(0, width)))
            .toList();
    return new ShardRule.Range(
        List.of(
            new ShardRule.Column("id", KeyType.BIGINT), new ShardRule.Column("name", KeyType.TEXT)),
        splits,
        Optional.empty());
  }

  private ShardRule range(KeyType type, IntFunction<Key> split) {
    List<Key> splits = IntStream.range(1, 2 + random.nextInt(3)).mapToObj(split).toList();
    List<Integer> owners =
        IntStream.rangeClosed(0, splits.size()).mapToObj(_ -> random.nextInt(SHARDS)).toList();
    return new ShardRule.Range(
        List.of(new ShardRule.Column("day", type)),
        splits,
        random.nextBoolean() ? Optional.empty() : Optional.of(owners));
  }

  private <T> T one(List<T> choices) {
    return choices.get(random.nextInt(choices.size()));
  }
}
