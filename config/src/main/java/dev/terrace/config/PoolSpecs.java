package dev.terrace.config;

import dev.terrace.config.StoreConfig.ShardConfig;
import dev.terrace.core.balance.LeastConnections;
import dev.terrace.core.pool.Address;
import dev.terrace.core.pool.Member;
import dev.terrace.core.pool.PoolSettings;
import dev.terrace.core.pool.Pools;
import java.util.ArrayList;
import java.util.List;

/**
 * All pools that a file makes: those it names, and for each shard of a store one that holds its
 * primary and one that holds its replicas.
 */
public final class PoolSpecs {

  private PoolSpecs() {}

  /** The pools, named ones first. */
  public static List<Pools.Spec> of(TerraceConfig file) {
    List<Pools.Spec> specs = new ArrayList<>();
    file.pools()
        .forEach((name, pool) ->
            specs.add(new Pools.Spec(name, pool.members(), pool.balance(), settings(file, pool))));
    file.stores()
        .forEach((store, config) -> {
          for (int shard = 0; shard < config.shards().size(); shard++) {
            ShardConfig servers = config.shards().get(shard);
            specs.add(spec(primary(store, shard), List.of(servers.primary())));
            specs.add(spec(replicas(store, shard), servers.replicas()));
          }
        });
    return specs;
  }

  private static PoolSettings settings(TerraceConfig file, PoolConfig pool) {
    return new PoolSettings(
        pool.panicThreshold().share(),
        pool.slowStart().toNanos(),
        pool.preferZone(),
        file.runtime().zone().orElse(""));
  }

  private static Pools.Spec spec(String name, List<Address> servers) {
    List<Member> members = servers.stream().map(a -> new Member(a, 1, "")).toList();
    return new Pools.Spec(name, members, new LeastConnections());
  }

  /** The pool that holds a shard's primary. */
  public static String primary(String store, int shard) {
    return store + "/" + shard + "/primary";
  }

  /** The pool that holds a shard's replicas; it may be empty. */
  public static String replicas(String store, int shard) {
    return store + "/" + shard + "/replicas";
  }
}
