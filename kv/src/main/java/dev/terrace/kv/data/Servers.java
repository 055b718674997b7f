package dev.terrace.kv.data;

import dev.terrace.config.PoolSpecs;
import dev.terrace.config.ShardRule;
import dev.terrace.config.StoreConfig.ReadFrom;
import dev.terrace.config.StoreConfig.ReadsConfig;
import dev.terrace.core.balance.Pick;
import dev.terrace.core.balance.PickRequest;
import dev.terrace.core.freshness.ReplicaProgress;
import dev.terrace.core.pool.Address;
import dev.terrace.core.pool.Pool;
import dev.terrace.core.pool.PoolMember;
import dev.terrace.core.pool.Pools;
import dev.terrace.engine.EngineFailure;
import dev.terrace.engine.EngineFailure.Kind;
import dev.terrace.engine.Row;
import dev.terrace.engine.RowKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;

/** Which of a store's servers are asked: replicas that are near enough, else the primary. */
public final class Servers {

  private static final long LOOK_AGAIN_NANOS = 20_000_000;

  private static final long LONG_AGO_NANOS = 3_600_000_000_000L;

  private final Pools pools;
  private final ReplicaProgress progress;

  Servers(Pools pools, ReplicaProgress progress) {
    this.pools = pools;
    this.progress = progress;
  }

  /** A call of the engine. */
  @FunctionalInterface
  public interface Call<T> {
    /** Asks that server. */
    T on(Address server) throws EngineFailure;
  }

  /**
   * Reads rows of one shard in one statement.
   *
   * @param writtenNanos a replica is asked only if it is proven to hold what was written then
   */
  Map<RowKey, Row> read(Collection c, int shard, List<RowKey> keys, long writtenNanos)
      throws EngineFailure {
    EngineFailure last = null;
    for (int candidate : candidates(c, shard)) {
      try {
        return ask(
            c, candidate, writtenNanos, server -> c.store().engine().get(server, c.table(), keys));
      } catch (EngineFailure e) {
        if (!elsewhere(e)) {
          throw e;
        }
        last = e;
      }
    }
    throw last != null ? last : new EngineFailure(Kind.UNREACHABLE, "no server to ask");
  }

  /** The shard, and for a table that all shards hold the others after it. */
  private static List<Integer> candidates(Collection c, int shard) {
    List<Integer> shards = new ArrayList<>(List.of(shard));
    if (c.rule() instanceof ShardRule.Everywhere) {
      for (int i = 1; i < c.store().shards(); i++) {
        shards.add((shard + i) % c.store().shards());
      }
    }
    return shards;
  }

  /** A page of a shard's rows, which may be as old as the file lets replicas be. */
  List<Row> scan(Collection c, int shard, Optional<RowKey> after, int limit) throws EngineFailure {
    long longAgo = System.nanoTime() - LONG_AGO_NANOS;
    return ask(
        c, shard, longAgo, server -> c.store().engine().scan(server, c.table(), after, limit));
  }

  /** Asks a replica that is near enough, else the primary. */
  private <T> T ask(Collection c, int shard, long writtenNanos, Call<T> call) throws EngineFailure {
    ReadsConfig reads = c.store().config().reads();
    if (reads.from() == ReadFrom.REPLICAS) {
      Pool replicas = pools.get(PoolSpecs.replicas(c.store().name(), shard));
      PickRequest request = PickRequest.first(ThreadLocalRandom.current().nextLong());
      while (replicas.pick(request) instanceof Pick.Picked picked) {
        PoolMember member = picked.member();
        if (isFresh(member, reads, writtenNanos)) {
          try {
            c.countRead(shard, "replica");
            return call(member, call);
          } catch (EngineFailure e) {
            if (!elsewhere(e)) {
              throw e;
            }
          }
        }
        request = request.without(member.id());
      }
    }
    c.countRead(shard, "primary");
    return call(primary(c.store(), shard), call);
  }

  private boolean isFresh(PoolMember member, ReadsConfig reads, long writtenNanos) {
    Optional<ReplicaProgress.Progress> seen = progress.of(member.id());
    return seen.isPresent()
        && reads.limit().allows(seen.get())
        && progress.holds(member.id(), writtenNanos);
  }

  /** Asks the member, counting the work in its load. */
  private static <T> T call(PoolMember member, Call<T> call) throws EngineFailure {
    member.load().begin();
    try {
      return call.on(member.member().address());
    } catch (EngineFailure e) {
      if (elsewhere(e)) {
        member.load().fail();
      }
      throw e;
    } finally {
      member.load().end();
    }
  }

  /** Asks the primary of a shard, which is waited for as long as the file allows. */
  public <T> T onPrimary(Store store, int shard, Call<T> call) throws EngineFailure {
    return call(primary(store, shard), call);
  }

  /** The shard's primary, which is waited for while there is none, as long as the file allows. */
  PoolMember primary(Store store, int shard) throws EngineFailure {
    Pool pool = pools.get(PoolSpecs.primary(store.name(), shard));
    long deadline = System.nanoTime() + store.config().failoverWait().toNanos();
    while (true) {
      switch (pool.pick(PickRequest.first(0))) {
        case Pick.Picked(PoolMember member, String reason) -> {
          return member;
        }
        case Pick.Rejected rejected -> {
          if (!mayWait(deadline)) {
            throw noPrimary(pool, shard);
          }
        }
      }
    }
  }

  /** Waits a moment; false if the time is over. */
  static boolean mayWait(long deadlineNanos) {
    if (System.nanoTime() - deadlineNanos >= 0 || Thread.currentThread().isInterrupted()) {
      return false;
    }
    LockSupport.parkNanos(LOOK_AGAIN_NANOS);
    return true;
  }

  private static EngineFailure noPrimary(Pool pool, int shard) {
    return new EngineFailure(
        Kind.UNREACHABLE,
        "no primary of shard "
            + shard
            + ": "
            + pool.snapshot().members().stream()
                .map(m -> m.id() + " is " + m.state() + " (" + m.reason() + ")")
                .toList());
  }

  /** Asks the first server of the store that answers. */
  <T> T any(Store store, Call<T> call) throws EngineFailure {
    EngineFailure last = null;
    for (int shard = 0; shard < store.shards(); shard++) {
      for (String name :
          List.of(
              PoolSpecs.primary(store.name(), shard), PoolSpecs.replicas(store.name(), shard))) {
        for (PoolMember member : pools.get(name).snapshot().available()) {
          try {
            return call(member, call);
          } catch (EngineFailure e) {
            if (!elsewhere(e)) {
              throw e;
            }
            last = e;
          }
        }
      }
    }
    throw last != null
        ? last
        : new EngineFailure(Kind.UNREACHABLE, "no server of store " + store.name() + " is up");
  }

  /** Whether another server may do what this one did not. */
  static boolean elsewhere(EngineFailure e) {
    return e.kind() == Kind.UNREACHABLE || e.kind() == Kind.TIMEOUT;
  }
}
