package dev.terrace.kv.data;

import dev.terrace.config.CollectionConfig.WriteMode;
import dev.terrace.config.ShardRule;
import dev.terrace.core.freshness.TableWrites;
import dev.terrace.core.pool.Address;
import dev.terrace.core.pool.PoolMember;
import dev.terrace.engine.Change;
import dev.terrace.engine.Engine;
import dev.terrace.engine.Engine.Decision;
import dev.terrace.engine.Engine.Modified;
import dev.terrace.engine.EngineFailure;
import dev.terrace.engine.EngineFailure.Kind;
import dev.terrace.engine.Row;
import dev.terrace.engine.RowKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Writes to the store first, then takes the key off the cache, then answers; it blocks. */
public final class WriteThrough implements Writes {

  private final ReadThrough reads;
  private final TableWrites tableWrites;
  private final CacheWrites caches;
  private final Duration doubt;
  private volatile @Nullable DirtyRows dirtyRows;

  /**
   * Writes beside those reads.
   *
   * @param tableWrites told of what is written
   * @param storeTimeout how long one call to the store may take
   */
  WriteThrough(ReadThrough reads, TableWrites tableWrites, Duration storeTimeout) {
    this.reads = reads;
    this.tableWrites = tableWrites;
    this.caches = reads.cacheWrites();
    this.doubt = storeTimeout.multipliedBy(2);
  }

  @Override
  public Modified write(Collection c, EntryKey key, Decision decision) throws KvError {
    DirtyRows rows = dirtyRows;
    return rows != null && c.writeMode() == WriteMode.BACK
        ? rows.write(c, key, decision)
        : through(c, key, decision);
  }

  /** Has those rows take writes of collections with write back from now on. */
  void dirtyRows(DirtyRows rows) {
    dirtyRows = rows;
  }

  /** Changes the row in the store, however the collection is written. */
  public Modified through(Collection c, EntryKey key, Decision decision) throws KvError {
    boolean certain = true;
    TableWrites.Write noted = tableWrites.begin(c.store().name(), c.tableName());
    CacheWrites.Begun begun = caches.begin(c, key);
    try {
      List<Integer> shards = shards(c, key);
      Modified done =
          onPrimaries(
              c.store(),
              shards,
              primaries -> c.store().engine().modify(primaries, c.table(), c.row(key), decision));
      if (!(done.change() instanceof Change.Keep)) {
        shards.forEach(c::countWrite);
      }
      begun.done(done);
      return done;
    } catch (EngineFailure e) {
      // All other failures leave the row as it was, so what is kept of it stays true.
      certain = e.kind() != Kind.IN_DOUBT;
      if (certain) {
        begun.unchanged();
      } else {
        begun.doubtful(doubt);
      }
      throw KvError.of(c.name(), e);
    } catch (RuntimeException | Error e) {
      begun.doubtful(doubt);
      throw e;
    } finally {
      noted.end(certain);
    }
  }

  /** What is done with the primaries of some shards. */
  @FunctionalInterface
  private interface Call<T> {
    T on(List<Address> primaries) throws EngineFailure;
  }

  /** A primary that cannot be reached has changed nothing: it, or the next one, is waited for. */
  private <T> T onPrimaries(Store store, List<Integer> shards, Call<T> call) throws EngineFailure {
    long deadline = System.nanoTime() + store.config().failoverWait().toNanos();
    while (true) {
      try {
        return once(store, shards, call);
      } catch (EngineFailure e) {
        if (e.kind() != Kind.UNREACHABLE || !Servers.mayWait(deadline)) {
          throw e;
        }
      }
    }
  }

  private <T> T once(Store store, List<Integer> shards, Call<T> call) throws EngineFailure {
    List<PoolMember> begun = new ArrayList<>();
    try {
      List<Address> primaries = new ArrayList<>();
      for (int shard : shards) {
        PoolMember primary = reads.servers().primary(store, shard);
        primary.load().begin();
        begun.add(primary);
        primaries.add(primary.member().address());
      }
      return call.on(primaries);
    } finally {
      begun.forEach(member -> member.load().end());
    }
  }

  @Override
  public <T> T together(List<KeyPlace> places, Together<T> work) throws KvError {
    Collection first = places.getFirst().collection();
    List<Integer> shards = shards(first, places.getFirst().key());
    requireOneShard(places, first, shards);
    for (KeyPlace place : places) {
      place.collection().requireTransactional();
    }
    List<TableWrites.Write> noted = noted(first.store(), places);
    Map<KeyPlace, CacheWrites.Begun> begun = new LinkedHashMap<>();
    for (KeyPlace place : places) {
      begun.computeIfAbsent(place, p -> caches.begin(p.collection(), p.key()));
    }
    boolean certain = false;
    Duration left = doubt;
    Attempt<T> last = new Attempt<>(work);
    try {
      T result =
          onPrimaries(
              first.store(),
              shards,
              primaries -> first.store().engine().transact(primaries, last::run));
      last.changed().keySet().forEach(place -> shards.forEach(place.collection()::countWrite));
      certain = true;
      left = Duration.ZERO;
      settle(begun, last.changed());
      return result;
    } catch (EngineFailure e) {
      certain = e.kind() != Kind.IN_DOUBT;
      left = certain ? Duration.ZERO : doubt;
      KvError refused = last.refused;
      throw refused != null ? refused : KvError.of(first.name(), e);
    } finally {
      // What is left was not changed, unless nobody knows.
      Duration still = left;
      begun
          .values()
          .forEach(one -> {
            if (still.isZero()) {
              one.unchanged();
            } else {
              one.doubtful(still);
            }
          });
      boolean surely = certain;
      noted.forEach(write -> write.end(surely));
    }
  }

  private List<TableWrites.Write> noted(Store store, List<KeyPlace> places) {
    return places.stream()
        .map(place -> place.collection().tableName())
        .distinct()
        .map(table -> tableWrites.begin(store.name(), table))
        .toList();
  }

  /** Ends the writes that a transaction has made; the others are left. */
  private static void settle(
      Map<KeyPlace, CacheWrites.Begun> begun, Map<KeyPlace, Optional<Modified>> changed) {
    changed.forEach((place, done) -> {
      CacheWrites.Begun one = begun.remove(place);
      if (one != null && done.isPresent()) {
        one.done(done.get());
      } else if (one != null) {
        one.doubtful(Duration.ZERO);
      }
    });
  }

  /** Work that is run until it meets no other writer; what counts is the last time. */
  private static final class Attempt<T> {
    private final Together<T> work;
    private @Nullable KeyTransaction last;
    private @Nullable KvError refused;

    Attempt(Together<T> work) {
      this.work = work;
    }

    Map<KeyPlace, Optional<Modified>> changed() {
      return last == null ? Map.of() : last.changed();
    }

    T run(Engine.Transaction transaction) throws EngineFailure {
      KeyTransaction keys = new KeyTransaction(transaction);
      last = keys;
      refused = null;
      try {
        T result = work.in(keys);
        EngineFailure failure = keys.failure();
        if (failure != null) {
          throw failure;
        }
        return result;
      } catch (KvError e) {
        EngineFailure failure = keys.failure();
        if (failure == null) {
          refused = e;
        }
        throw failure != null ? failure : new EngineFailure(Kind.REJECTED, e.reply());
      }
    }
  }

  private static void requireOneShard(List<KeyPlace> places, Collection first, List<Integer> shards)
      throws KvError {
    for (KeyPlace place : places) {
      Collection c = place.collection();
      if (!c.store().name().equals(first.store().name())) {
        throw KvError.of(
            "CROSSSLOT",
            "collections '"
                + first.name()
                + "' and '"
                + c.name()
                + "' are in different stores, which have no transaction in common");
      }
      if (!shards(c, place.key()).equals(shards)) {
        throw KvError.of(
            "CROSSSLOT",
            "keys '"
                + places.getFirst().key()
                + "' and '"
                + place.key()
                + "' are not on the same shards, and a transaction is on one");
      }
    }
  }

  /** The key's row as its primary has it now. */
  public Optional<Row> current(KeyPlace place) throws KvError {
    Collection c = place.collection();
    RowKey key = c.row(place.key());
    try {
      List<Integer> shards = List.of(shards(c, place.key()).getFirst());
      return onPrimaries(
          c.store(),
          shards,
          primaries ->
              c
                  .store()
                  .engine()
                  .get(primaries.getFirst(), c.table(), List.of(key))
                  .values()
                  .stream()
                  .findFirst());
    } catch (EngineFailure e) {
      throw KvError.of(c.name(), e);
    }
  }

  private static List<Integer> shards(Collection c, EntryKey key) {
    if (c.rule() instanceof ShardRule.Everywhere) {
      List<Integer> all = new ArrayList<>();
      for (int i = 0; i < c.store().shards(); i++) {
        all.add(i);
      }
      return all;
    }
    return List.of(c.shard(key));
  }
}
