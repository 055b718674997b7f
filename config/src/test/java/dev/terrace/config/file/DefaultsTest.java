package dev.terrace.config.file;

import static org.assertj.core.api.Assertions.assertThat;

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
import dev.terrace.config.HttpConfig.RouteConfig;
import dev.terrace.config.KvConfig;
import dev.terrace.config.ListenConfig;
import dev.terrace.config.Loaded;
import dev.terrace.config.PoolConfig;
import dev.terrace.config.RuntimeConfig;
import dev.terrace.config.RuntimeConfig.TransportChoice;
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
import dev.terrace.core.pool.Address;
import dev.terrace.core.pool.Member;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Every default, stated once more: a change of one is a change that users notice. */
class DefaultsTest {

  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration MINUTE = Duration.ofMinutes(1);

  @Test
  void ofTheProcessAndTheFronts() {
    TerraceConfig config = config("listen: {}");
    assertThat(config)
        .isEqualTo(
            new TerraceConfig(
                new ListenConfig(List.of(), List.of(), List.of(), List.of(), List.of()),
                new RuntimeConfig(0, TransportChoice.AUTO, SECOND.multipliedBy(10), 10_000),
                Map.of(),
                new DnsConfig(Map.of(), SECOND.multipliedBy(10)),
                new HttpConfig(
                    Optional.empty(),
                    List.of(),
                    SECOND.multipliedBy(10),
                    SECOND.multipliedBy(30),
                    MINUTE,
                    new Size(32 << 10),
                    3),
                new SqlConfig(
                    Map.of(),
                    Optional.empty(),
                    100,
                    SECOND.multipliedBy(5),
                    MINUTE,
                    SECOND.multipliedBy(10),
                    new Size(16 << 20)),
                new KvConfig(
                    Optional.empty(),
                    new Size(64 << 20),
                    new Size(16 << 20),
                    65_536,
                    1024,
                    SECOND.multipliedBy(5),
                    Duration.ZERO),
                Map.of(),
                Map.of(),
                Map.of()));
  }

  @Test
  void ofAPool() {
    var pools =
        config("pools: {a: {members: 127.0.0.1:1}, b: {members: 127.0.0.1:1, health: {}}}").pools();
    Member member = new Member(new Address("127.0.0.1", 1), 1, "");
    var health = new HealthConfig(Optional.empty(), SECOND.multipliedBy(2), SECOND, 2, 3);
    assertThat(pools)
        .containsEntry("a", pool(member, Optional.empty()))
        .containsEntry("b", pool(member, Optional.of(health)));
  }

  private static PoolConfig pool(Member member, Optional<HealthConfig> health) {
    return new PoolConfig(List.of(member), new RoundRobin(), health, SECOND, 1024, MINUTE);
  }

  @Test
  void ofARoute() {
    var http =
        config("pools: {a: {members: '127.0.0.1:1'}}\nhttp: {cache: {}, routes: [{pool: a}]}")
            .http();
    assertThat(http.cache()).contains(new EdgeCacheConfig(new Size(256 << 20)));
    MatchConfig any =
        new MatchConfig(Optional.empty(), Optional.empty(), Optional.empty(), Map.of(), Map.of());
    assertThat(http.routes())
        .containsExactly(new RouteConfig(any, "a", Optional.empty(), Optional.empty()));
  }

  @Test
  void ofAZone() {
    var zones = config("dns: {zones: {a.example: {records: {www: {cname: b.example}}}}}").dns();
    var record =
        new RecordConfig(
            Optional.empty(),
            Optional.empty(),
            8,
            List.of(),
            Optional.of("b.example"),
            List.of(),
            SECOND.multipliedBy(30));
    assertThat(zones.zones())
        .containsEntry(
            "a.example",
            new ZoneConfig(
                List.of(), Optional.empty(), SECOND.multipliedBy(30), Map.of("www", record)));
  }

  @Test
  void ofStoresTablesAndCollections() {
    TerraceConfig config =
        config(
            """
            stores: {s: {engine: postgresql, database: d, shards: [{primary: "127.0.0.1:1"}]}}
            tables: {t: {store: s}}
            collections: {c: {table: t, key: id}}
            """);
    assertThat(config.stores())
        .containsEntry(
            "s",
            new StoreConfig(
                EngineKind.POSTGRESQL,
                "d",
                Optional.empty(),
                Optional.empty(),
                List.of(new ShardConfig(new Address("127.0.0.1", 1), List.of())),
                new ReadsConfig(ReadFrom.REPLICAS, SECOND, true),
                new StoreHealthConfig(Duration.ofMillis(500), SECOND, 2, 2)));
    assertThat(config.tables()).containsEntry("t", new TableConfig("s", new ShardRule.Single()));
    var cache = new CacheConfig(Duration.ZERO, WriteMode.THROUGH, Duration.ofMillis(500));
    assertThat(config.collections())
        .containsEntry(
            "c", new CollectionConfig("t", "id", Optional.empty(), Optional.empty(), cache));
  }

  private static TerraceConfig config(String yaml) {
    return switch (ConfigFile.parse("test.yaml", yaml, Map.of())) {
      case Loaded.Ok ok -> ok.config();
      case Loaded.Broken broken -> throw new AssertionError(broken.problems());
    };
  }
}
