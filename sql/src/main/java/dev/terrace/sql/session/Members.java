package dev.terrace.sql.session;

import dev.terrace.config.PoolSpecs;
import dev.terrace.config.StoreConfig;
import dev.terrace.config.StoreConfig.ReadFrom;
import dev.terrace.core.balance.Pick;
import dev.terrace.core.balance.PickRequest;
import dev.terrace.core.freshness.ReplicaProgress;
import dev.terrace.core.freshness.ReplicaProgress.Progress;
import dev.terrace.core.pool.Address;
import dev.terrace.core.pool.Pool;
import dev.terrace.core.pool.PoolMember;
import dev.terrace.core.pool.Pools;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** Chooses among a store's servers: the primary of a shard, or a replica that is fresh enough. */
public final class Members {

  private final StoreConfig.ReadsConfig reads;
  private final ReplicaProgress progress;
  private final List<Pool> primaries = new ArrayList<>();
  private final List<Pool> replicas = new ArrayList<>();

  /** The servers of a store. */
  public Members(Pools pools, String store, StoreConfig config, ReplicaProgress progress) {
    this.reads = config.reads();
    this.progress = progress;
    for (int shard = 0; shard < config.shards().size(); shard++) {
      primaries.add(pools.get(PoolSpecs.primary(store, shard)));
      replicas.add(pools.get(PoolSpecs.replicas(store, shard)));
    }
  }

  /** How many shards there are. */
  public int shards() {
    return primaries.size();
  }

  /**
   * A replica that may answer a read: up, not further behind than allowed, and proven to hold the
   * session's own last write; empty if the primary must.
   *
   * @param lastWriteNanos when the session's last write to this shard was acknowledged
   * @param tried members that failed this statement already
   */
  Optional<PoolMember> replica(
      int shard, long random, OptionalLong lastWriteNanos, Set<String> tried) {
    if (reads.from() != ReadFrom.REPLICAS) {
      return Optional.empty();
    }
    PickRequest request = new PickRequest(0, random, tried);
    Pool pool = replicas.get(shard);
    while (pool.pick(request) instanceof Pick.Picked(PoolMember member, String reason)) {
      if (fresh(member.id(), lastWriteNanos)) {
        return Optional.of(member);
      }
      request = request.without(member.id());
    }
    return Optional.empty();
  }

  private boolean fresh(String memberId, OptionalLong lastWriteNanos) {
    Optional<Progress> seen = progress.of(memberId);
    if (seen.isEmpty() || seen.get().lag().compareTo(reads.maxLag()) > 0) {
      return false;
    }
    return !reads.readYourWrites()
        || lastWriteNanos.isEmpty()
        || progress.holds(memberId, lastWriteNanos.getAsLong());
  }

  /** The primary of a shard, if it is up. */
  Optional<PoolMember> primary(int shard) {
    return primaries.get(shard).pick(PickRequest.first(0))
            instanceof Pick.Picked(PoolMember member, String reason)
        ? Optional.of(member)
        : Optional.empty();
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
    pools().forEach(pool -> pool.snapshot().members().forEach(m -> all.add(m.member().address())));
    return all;
  }
}
