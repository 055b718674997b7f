package dev.terrace.sql.session;

import dev.terrace.config.PoolSpecs;
import dev.terrace.config.StoreConfig;
import dev.terrace.config.StoreConfig.ReadFrom;
import dev.terrace.core.balance.Pick;
import dev.terrace.core.balance.PickRequest;
import dev.terrace.core.freshness.LagLimit;
import dev.terrace.core.freshness.LogMark;
import dev.terrace.core.freshness.ReplicaProgress;
import dev.terrace.core.freshness.ReplicaProgress.Progress;
import dev.terrace.core.freshness.Replication;
import dev.terrace.core.freshness.StoreRoles;
import dev.terrace.core.freshness.StoreRoles.Shard;
import dev.terrace.core.pool.Address;
import dev.terrace.core.pool.Pool;
import dev.terrace.core.pool.PoolMember;
import dev.terrace.core.pool.Pools;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** Chooses among a store's servers: the primary of a shard, or a replica that is fresh enough. */
public final class Members {

  /**
   * What a session must see of a shard.
   *
   * @param writtenNanos when its own last write there was acknowledged
   * @param after up to where it follows what others wrote
   */
  record Needs(OptionalLong writtenNanos, Optional<LogMark> after) {
    static final Needs NOTHING = new Needs(OptionalLong.empty(), Optional.empty());
  }

  private final String store;
  private final StoreConfig config;
  private final LagLimit limit;
  private final ReplicaProgress progress;
  private final StoreRoles roles;
  private final List<Pool> primaries = new ArrayList<>();
  private final List<Pool> replicas = new ArrayList<>();

  /** The servers of a store. */
  public Members(Pools pools, String store, StoreConfig config, Replication replication) {
    this.store = store;
    this.config = config;
    this.limit = config.reads().limit();
    this.progress = replication.progress();
    this.roles = replication.roles();
    for (int shard = 0; shard < config.shards().size(); shard++) {
      primaries.add(pools.get(PoolSpecs.primary(store, shard)));
      replicas.add(pools.get(PoolSpecs.replicas(store, shard)));
    }
  }

  /** How many shards there are. */
  public int shards() {
    return primaries.size();
  }

  /** Whether its shards are the same servers. */
  boolean hasShardsOf(Members other) {
    return config.shards().equals(other.config.shards());
  }

  /** Whether a server is one of a shard's. */
  boolean has(int shard, Address server) {
    return shard < config.shards().size() && config.shards().get(shard).servers().contains(server);
  }

  /** How long a statement waits for a primary. */
  Duration failoverWait() {
    return config.failoverWait();
  }

  /** How long a read waits for a replica. */
  Duration readWait() {
    return config.reads().maxWait();
  }

  /** Whether sessions are told after each commit how far others must read to see it. */
  boolean reportsToken() {
    return config.reads().reportToken();
  }

  /**
   * A replica that may answer a read: up, not further behind than allowed, and proven to hold what
   * the session must see; empty if the primary must.
   *
   * @param tried members that failed this statement already
   */
  Optional<PoolMember> replica(int shard, long random, Needs needs, Set<String> tried) {
    if (config.reads().from() != ReadFrom.REPLICAS) {
      return Optional.empty();
    }
    PickRequest request = new PickRequest(0, random, System.nanoTime(), tried);
    Pool pool = replicas.get(shard);
    while (pool.pick(request) instanceof Pick.Picked(PoolMember member, String reason)) {
      if (near(member.id()) && holds(member.id(), needs)) {
        return Optional.of(member);
      }
      request = request.without(member.id());
    }
    return Optional.empty();
  }

  /** Whether a replica would do if it were only further: so that waiting for it makes sense. */
  boolean mayCatchUp(int shard, Needs needs, Set<String> tried) {
    return !needs.equals(Needs.NOTHING)
        && config.reads().from() == ReadFrom.REPLICAS
        && replicas.get(shard).snapshot().available().stream()
            .anyMatch(member -> !tried.contains(member.id()) && near(member.id()));
  }

  private boolean near(String memberId) {
    Optional<Progress> seen = progress.of(memberId);
    return seen.isPresent() && limit.allows(seen.get());
  }

  private boolean holds(String memberId, Needs needs) {
    boolean own =
        !config.reads().readYourWrites()
            || needs.writtenNanos().isEmpty()
            || progress.holds(memberId, needs.writtenNanos().getAsLong());
    return own && (needs.after().isEmpty() || progress.holds(memberId, needs.after().get()));
  }

  /** The primary of a shard, if it is up. */
  Optional<PoolMember> primary(int shard) {
    return primaries.get(shard).pick(PickRequest.first(0))
            instanceof Pick.Picked(PoolMember member, String reason)
        ? Optional.of(member)
        : Optional.empty();
  }

  /** The place of a shard's primary. */
  Pool primaryPool(int shard) {
    return primaries.get(shard);
  }

  /** A shard's replicas. */
  Pool replicaPool(int shard) {
    return replicas.get(shard);
  }

  /** There is a sign that a shard's primary is not what it was. */
  void suspect(int shard) {
    roles.suspect(new Shard(store, shard));
  }

  /** Why a shard's primary is not up. */
  String primaryDown(int shard) {
    return primaries.get(shard).snapshot().members().stream()
        .findFirst()
        .map(m -> m.id() + " is " + m.state().name().toLowerCase(Locale.ROOT) + ": " + m.reason())
        .orElse("there is none");
  }

  /** All pools of the store. */
  public List<Pool> pools() {
    List<Pool> all = new ArrayList<>(primaries);
    all.addAll(replicas);
    return all;
  }

  /** All servers' addresses. */
  public Set<Address> addresses() {
    Set<Address> all = new HashSet<>();
    config.shards().forEach(shard -> all.addAll(shard.servers()));
    return all;
  }
}
