package dev.terrace.app.server;

import dev.terrace.config.HealthConfig;
import dev.terrace.config.PoolConfig;
import dev.terrace.config.PoolSpecs;
import dev.terrace.config.StoreConfig;
import dev.terrace.config.StoreConfig.StoreHealthConfig;
import dev.terrace.config.TerraceConfig;
import dev.terrace.core.pool.Pools;
import dev.terrace.engine.StoreSettings;
import dev.terrace.engines.postgresql.PostgresHealth;
import dev.terrace.engines.postgresql.PostgresHealth.ShardProbes;
import dev.terrace.kv.data.EngineSettings;
import dev.terrace.net.ProxyVersion;
import dev.terrace.net.health.GrpcCheck;
import dev.terrace.net.health.GrpcProbe;
import dev.terrace.net.health.HealthChecks.Plan;
import dev.terrace.net.health.Http2Probe;
import dev.terrace.net.health.HttpCheck;
import dev.terrace.net.health.HttpProbe;
import dev.terrace.net.health.Probe;
import dev.terrace.net.health.ProbeConnector;
import dev.terrace.net.health.ProbeLoop;
import dev.terrace.net.health.RedisProbe;
import dev.terrace.net.health.TcpProbe;
import dev.terrace.net.tls.ClientTls;
import dev.terrace.net.tls.MemberTls;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Which members are checked, and how, by a file. */
final class HealthPlans {

  private HealthPlans() {}

  static List<Plan> of(
      TerraceConfig file, Pools pools, ProbeLoop loop, MemberTls tls, PostgresHealth postgres) {
    List<Plan> plans = new ArrayList<>();
    file.pools()
        .forEach((name, pool) ->
            pool.health()
                .ifPresent(health ->
                    plans.add(
                        named(pools, name, probe(loop, pool, health, tls.of(name)), health))));
    file.databases().forEach((name, store) -> plans.addAll(store(pools, name, store, postgres)));
    file.stores()
        .forEach((name, store) -> {
          if (store.engine().isRedis()) {
            plans.addAll(redis(pools, name, store, loop));
          }
        });
    return plans;
  }

  private static Probe probe(
      ProbeLoop loop, PoolConfig pool, HealthConfig health, Optional<ClientTls> tls) {
    ProxyVersion proxy = ProxyVersion.valueOf(pool.proxyProtocol().name());
    ProbeConnector connector = new ProbeConnector(loop, proxy, tls);
    if (health.grpc().isPresent()) {
      return new GrpcProbe(connector, new GrpcCheck(health.grpc().get(), health.host()));
    }
    if (health.http().isEmpty()) {
      return new TcpProbe(loop, proxy);
    }
    HttpCheck check =
        new HttpCheck(health.http().get(), health.host(), health.status(), health.body());
    return switch (pool.protocol()) {
      case HTTP1 -> new HttpProbe(connector, check);
      case HTTP2 -> new Http2Probe(connector, check);
    };
  }

  private static Plan named(Pools pools, String name, Probe probe, HealthConfig health) {
    return new Plan(
        pools.get(name),
        probe,
        health.every(),
        health.jitter().share(),
        health.timeout(),
        health.rise(),
        health.fall());
  }

  private static List<Plan> store(
      Pools pools, String name, StoreConfig store, PostgresHealth postgres) {
    StoreSettings settings =
        EngineSettings.of(name, store, store.health().timeout(), store.health().timeout(), 1);
    List<Plan> plans = new ArrayList<>();
    for (ShardProbes shard :
        postgres.probes(settings, store.shards().size(), store.reads().limit())) {
      String primary = PoolSpecs.primary(name, shard.shard());
      String replicas = PoolSpecs.replicas(name, shard.shard());
      plans.add(plan(pools, primary, shard.primary(), store.health()));
      plans.add(plan(pools, replicas, shard.replica(), store.health()));
    }
    return plans;
  }

  /**
   * With TLS it is enough that a node takes connections: its certificate is the traffic's matter.
   */
  private static List<Plan> redis(Pools pools, String name, StoreConfig store, ProbeLoop loop) {
    Probe probe =
        store.tls().isEmpty() ? new RedisProbe(loop, Optional.empty()) : new TcpProbe(loop);
    List<Plan> plans = new ArrayList<>();
    for (int shard = 0; shard < store.shards().size(); shard++) {
      plans.add(plan(pools, PoolSpecs.primary(name, shard), probe, store.health()));
    }
    return plans;
  }

  private static Plan plan(Pools pools, String pool, Probe probe, StoreHealthConfig health) {
    return new Plan(
        pools.get(pool), probe, health.every(), health.timeout(), health.rise(), health.fall());
  }
}
