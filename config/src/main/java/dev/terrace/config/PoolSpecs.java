package dev.terrace.config;

import dev.terrace.core.balance.LeastConnections;
import dev.terrace.core.balance.Policy;
import dev.terrace.core.pool.Address;
import dev.terrace.core.pool.Member;
import dev.terrace.core.pool.PoolSettings;
import dev.terrace.core.pool.Pools;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * All pools that a file makes: those it names, and for each shard of a store one that holds its
 * primary and one that holds its replicas.
 */
public final class PoolSpecs {

  private PoolSpecs() {}

  /** Who is primary of a shard as far as is known, which may be another than the file says. */
  @FunctionalInterface
  public interface Primaries {
    /** The server's address, empty if the file's is right as far as is known. */
    Optional<String> of(String store, int shard);
  }

  /** The pools, named ones first, with the primaries that the file declares. */
  public static List<Pools.Spec> of(TerraceConfig file) {
    return of(file, (store, shard) -> Optional.empty());
  }

  /** The pools, named ones first, with these primaries where they are servers of their shards. */
  public static List<Pools.Spec> of(TerraceConfig file, Primaries primaries) {
    List<Pools.Spec> specs = new ArrayList<>();
    file.pools()
        .forEach((name, pool) ->
            specs.add(new Pools.Spec(name, pool.members(), pool.balance(), settings(file, pool))));
    file.stores()
        .forEach((store, config) -> {
          for (int shard = 0; shard < config.shards().size(); shard++) {
            specs.addAll(shard(store, config, shard, primaries.of(store, shard)));
          }
        });
    return specs;
  }

  /**
   * The two pools of a shard.
   *
   * @param primary the server that is primary, if it is not the declared one
   */
  public static List<Pools.Spec> shard(
      String store, StoreConfig config, int shard, Optional<String> primary) {
    List<Address> servers = config.shards().get(shard).servers();
    Address first =
        servers.stream()
            .filter(server -> primary.filter(server.toString()::equals).isPresent())
            .findFirst()
            .orElse(servers.getFirst());
    List<Address> others = servers.stream().filter(server -> !server.equals(first)).toList();
    return List.of(
        spec(primary(store, shard), List.of(first), new LeastConnections()),
        spec(replicas(store, shard), others, config.reads().balance()));
  }

  private static PoolSettings settings(TerraceConfig file, PoolConfig pool) {
    return new PoolSettings(
        pool.panicThreshold().share(),
        pool.slowStart().toNanos(),
        pool.preferZone(),
        file.runtime().zone().orElse(""));
  }

  private static Pools.Spec spec(String name, List<Address> servers, Policy policy) {
    List<Member> members = servers.stream().map(a -> new Member(a, 1, "")).toList();
    return new Pools.Spec(name, members, policy);
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
