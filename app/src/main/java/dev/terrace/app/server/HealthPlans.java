package dev.terrace.app.server;

import dev.terrace.config.HealthConfig;
import dev.terrace.config.PoolSpecs;
import dev.terrace.config.Secret;
import dev.terrace.config.StoreConfig;
import dev.terrace.config.StoreConfig.StoreHealthConfig;
import dev.terrace.config.TerraceConfig;
import dev.terrace.core.pool.Pools;
import dev.terrace.engine.StoreSettings;
import dev.terrace.engines.postgresql.PostgresHealth;
import dev.terrace.engines.postgresql.PostgresHealth.ShardProbes;
import dev.terrace.net.health.HealthChecks.Plan;
import dev.terrace.net.health.HttpCheck;
import dev.terrace.net.health.HttpProbe;
import dev.terrace.net.health.Probe;
import dev.terrace.net.health.ProbeLoop;
import dev.terrace.net.health.TcpProbe;
import java.util.ArrayList;
import java.util.List;

/** Which members are checked, and how, by a file. */
final class HealthPlans {

  private HealthPlans() {}

  static List<Plan> of(
      TerraceConfig file, Pools pools, ProbeLoop loop, CheckTls tls, PostgresHealth postgres) {
    List<Plan> plans = new ArrayList<>();
    file.pools()
        .forEach((name, pool) ->
            pool.health().ifPresent(h -> plans.add(named(pools, name, loop, tls, h))));
    file.stores().forEach((name, store) -> plans.addAll(store(pools, name, store, postgres)));
    return plans;
  }

  private static Plan named(
      Pools pools, String name, ProbeLoop loop, CheckTls tls, HealthConfig health) {
    Probe probe =
        health
            .http()
            .<Probe>map(path ->
                new HttpProbe(
                    loop,
                    new HttpCheck(path, health.host(), health.status(), health.body()),
                    tls.of(name)))
            .orElseGet(() -> new TcpProbe(loop));
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
        new StoreSettings(
            name,
            store.database(),
            store.login(),
            store.password().map(Secret::value).orElse(""),
            store.health().timeout(),
            store.health().timeout(),
            1);
    List<Plan> plans = new ArrayList<>();
    for (ShardProbes shard :
        postgres.probes(settings, store.shards().size(), store.reads().maxLag())) {
      String primary = PoolSpecs.primary(name, shard.shard());
      String replicas = PoolSpecs.replicas(name, shard.shard());
      plans.add(plan(pools, primary, shard.primary(), store.health()));
      plans.add(plan(pools, replicas, shard.replica(), store.health()));
    }
    return plans;
  }

  private static Plan plan(Pools pools, String pool, Probe probe, StoreHealthConfig health) {
    return new Plan(
        pools.get(pool), probe, health.every(), health.timeout(), health.rise(), health.fall());
  }
}
