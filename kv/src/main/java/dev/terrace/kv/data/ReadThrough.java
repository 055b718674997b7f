package dev.terrace.kv.data;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.terrace.config.CollectionConfig.WriteMode;
import dev.terrace.core.freshness.ReplicaProgress;
import dev.terrace.core.pool.Pools;
import dev.terrace.engine.EngineFailure;
import dev.terrace.engine.Row;
import dev.terrace.engine.RowKey;
import dev.terrace.kv.data.EntryCache.Kept;
import dev.terrace.kv.data.SharedLevel.Found;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The levels that a read goes through: the entries kept in the process, the cache that nodes share
 * if the collection has one, the store. One load per key runs, however many wait.
 *
 * <p>Why no stale row stays: a write or a purge takes the key's entry away and its running load off
 * {@link #loads}, both in one step, after the store has acknowledged the write and before the
 * client is answered. A load fills the cache only while it is still listed, so one that may have
 * read from before the write loses; one that starts later reads from a server that is proven to
 * hold it.
 */
public final class ReadThrough {

  /** One question for one key; all who want the key wait for it. */
  static final class Load extends CompletableFuture<Entry> {
    final Collection collection;
    final EntryKey key;

    Load(Collection collection, EntryKey key) {
      this.collection = collection;
      this.key = key;
    }
  }

  private final EntryCache cache;
  private final Map<EntryKey, Load> loads = new ConcurrentHashMap<>();
  private final RecentWrites writes = new RecentWrites(Ticker.systemTicker());
  private final Servers servers;
  private final Loader loader;
  private final Changed changed;
  private final CacheWrites cacheWrites = new CacheWrites(this);
  private volatile @Nullable DirtyRows dirtyRows;

  /** Hears which keys are changed or purged here. */
  @FunctionalInterface
  interface Changed {
    void key(Collection c, EntryKey key);
  }

  ReadThrough(Pools pools, ReplicaProgress progress, long bytes, Ticker clock, Changed changed) {
    this.servers = new Servers(pools, progress);
    this.loader = new Loader(servers, writes);
    this.cache = new EntryCache(bytes, clock);
    this.changed = changed;
  }

  /** The servers of the stores. */
  public Servers servers() {
    return servers;
  }

  /** What writes to the store do to the caches. */
  CacheWrites cacheWrites() {
    return cacheWrites;
  }

  /** Changes how much may be kept. */
  void resize(long bytes) {
    cache.resize(bytes);
  }

  /** The kept entry, or null: then {@link #load} it. Does not block. */
  public @Nullable Entry kept(Collection c, EntryKey key) {
    Entry ahead = c.writeMode() == WriteMode.BACK ? dirty(key) : null;
    if (ahead != null) {
      c.hits.increment();
      return ahead;
    }
    Kept kept = cache.get(key);
    if (kept == null || (c.watchesAge() && !mayServe(c, key, kept))) {
      c.misses.increment();
      return null;
    }
    (kept.stale() ? c.stale : c.hits).increment();
    return kept.entry();
  }

  /** Whether it is good still; one that will not be for long is loaded anew behind the answer. */
  private boolean mayServe(Collection c, EntryKey key, Kept kept) {
    if (!cache.isFresh(kept)) {
      return false;
    }
    if (c.refreshAhead() > 0 && cache.isDue(kept)) {
      Load mine = new Load(c, key);
      if (loads.putIfAbsent(key, mine) == null) {
        start(List.of(mine));
      }
    }
    return true;
  }

  private @Nullable Entry dirty(EntryKey key) {
    DirtyRows rows = dirtyRows;
    return rows == null ? null : rows.entry(key);
  }

  /** Asks those rows first from now on. */
  void dirtyRows(DirtyRows rows) {
    dirtyRows = rows;
  }

  /**
   * The row of a key as it is kept, or else as the shard's primary has it; blocks. Only as much of
   * it as entries hold.
   */
  public Optional<Row> row(Collection c, EntryKey key) throws EngineFailure, KvError {
    Kept kept = cache.peek(key);
    if (kept != null && cache.isFresh(kept)) {
      return kept.entry().row(c.config().expires());
    }
    return loader.entry(c, loader.primaryRow(c, key)).row(c.config().expires());
  }

  /** The store has what was written to the key; blocks. */
  public void stored(Collection c, EntryKey key) {
    c.shared().ifPresent(s -> s.written(key, c.replicasLackWritesFor(), c.ttl()));
    written(c, key, Duration.ZERO);
  }

  /** Loads the key, or joins who does already. Does not block. */
  public CompletableFuture<Entry> load(Collection c, EntryKey key) {
    Load mine = new Load(c, key);
    Load running = register(mine);
    if (running == mine && !mine.isDone()) {
      start(List.of(mine));
    }
    return running;
  }

  /** Loads several keys of one collection, those of one shard in one statement. */
  public List<CompletableFuture<Entry>> loadAll(Collection c, List<EntryKey> keys) {
    List<CompletableFuture<Entry>> all = new ArrayList<>(keys.size());
    Map<Integer, List<Load>> byShard = new HashMap<>();
    for (EntryKey key : keys) {
      Load mine = new Load(c, key);
      Load running = register(mine);
      all.add(running);
      if (running == mine && !mine.isDone()) {
        byShard.computeIfAbsent(c.shard(key), s -> new ArrayList<>()).add(mine);
      }
    }
    byShard.values().forEach(this::start);
    return all;
  }

  /** Lists the load, unless there is one already; one that has just ended left an entry. */
  private Load register(Load mine) {
    Load running = loads.putIfAbsent(mine.key, mine);
    if (running != null) {
      return running;
    }
    Kept kept = cache.get(mine.key);
    if (kept != null && (!mine.collection.watchesAge() || cache.isFresh(kept))) {
      loads.remove(mine.key, mine);
      mine.complete(kept.entry());
    }
    return mine;
  }

  private void start(List<Load> ofOneShard) {
    Thread.ofVirtual().name("kv-load").start(() -> run(ofOneShard));
  }

  private void run(List<Load> ofOneShard) {
    Collection c = ofOneShard.getFirst().collection;
    try {
      Optional<SharedLevel> shared = c.shared();
      if (shared.isPresent()) {
        runShared(shared.get(), c, ofOneShard);
      } else {
        runStore(c, ofOneShard, false);
      }
    } catch (EngineFailure e) {
      fail(ofOneShard, KvError.of(c.name(), e), e);
    } catch (KvError e) {
      fail(ofOneShard, e, null);
    } catch (RuntimeException | Error e) {
      fail(ofOneShard, e, null);
      throw e;
    }
  }

  private List<Entry> runStore(Collection c, List<Load> wanted, boolean now)
      throws EngineFailure, KvError {
    Map<RowKey, Row> rows = loader.rows(c, wanted.stream().map(l -> l.key).toList(), now);
    List<Entry> entries = new ArrayList<>(wanted.size());
    for (Load load : wanted) {
      Entry entry = loader.entry(c, rows.get(c.row(load.key)));
      entries.add(entry);
      finish(load, entry, Duration.ZERO);
    }
    return entries;
  }

  private void runShared(SharedLevel shared, Collection c, List<Load> wanted)
      throws EngineFailure, KvError {
    List<Found> found = shared.find(c, wanted.stream().map(l -> l.key).toList());
    List<Load> missing = new ArrayList<>();
    List<Found> leases = new ArrayList<>();
    boolean written = false;
    for (int i = 0; i < found.size(); i++) {
      if (found.get(i) instanceof Found.Known(Entry entry, Duration age)) {
        finish(wanted.get(i), entry, age);
      } else {
        missing.add(wanted.get(i));
        leases.add(found.get(i));
        written |= found.get(i) instanceof Found.Missing(var lease, boolean lately) && lately;
      }
    }
    if (!missing.isEmpty()) {
      List<Entry> entries = runStore(c, missing, written);
      for (int i = 0; i < entries.size(); i++) {
        shared.fill(c, missing.get(i).key, leases.get(i), entries.get(i));
      }
    }
  }

  /** Has the collection's table described, unless that is on its way; does not block. */
  public CompletableFuture<@Nullable Void> learn(Collection c) {
    DirtyRows rows = dirtyRows;
    if (rows != null && c.writeMode() == WriteMode.BACK) {
      return loader.learn(c, () -> rows.settle(c));
    }
    return loader.learn(c, () -> {});
  }

  private void finish(Load load, Entry entry, Duration age) {
    loads.computeIfPresent(
        load.key,
        (key, listed) -> {
          if (listed != load) {
            return listed;
          }
          Collection c = load.collection;
          if (!c.ttl().isZero() && !c.retired() && !writes.inDoubt(key)) {
            cache.put(c, key, entry, age);
          }
          return null;
        });
    load.complete(entry);
  }

  /** A store that cannot be asked leaves what is kept in place, where that may serve. */
  private void fail(List<Load> failed, Throwable why, @Nullable EngineFailure of) {
    boolean gone = of != null && Servers.elsewhere(of);
    for (Load load : failed) {
      if (load.isDone()) {
        continue;
      }
      AtomicReference<@Nullable Entry> held = new AtomicReference<>();
      loads.computeIfPresent(
          load.key,
          (key, listed) -> {
            if (listed != load) {
              return listed;
            }
            held.set(gone ? cache.hold(key) : null);
            return null;
          });
      Entry stale = held.get();
      if (stale == null) {
        load.completeExceptionally(why);
      } else {
        load.collection.stale.increment();
        load.complete(stale);
      }
    }
  }

  /**
   * The key was written: what was known of it counts no more.
   *
   * @param doubt for how long the store may still change its mind; zero after an acknowledged write
   */
  public void written(Collection c, EntryKey key, Duration doubt) {
    forget(key, doubt, () -> {});
    changed.key(c, key);
  }

  /** The key was written by nobody else at the same time, and this is its row now. */
  void written(Collection c, EntryKey key, Optional<Row> after) {
    Entry entry = entry(c, after);
    boolean keep = entry != null && !c.ttl().isZero() && !c.retired();
    forget(
        key,
        Duration.ZERO,
        () -> {
          if (entry != null && keep) {
            cache.put(c, key, entry, Duration.ZERO);
          }
        });
    changed.key(c, key);
  }

  private @Nullable Entry entry(Collection c, Optional<Row> row) {
    try {
      return loader.entry(c, row.orElse(null));
    } catch (EngineFailure | KvError e) {
      // The next read asks the store.
      return null;
    }
  }

  /** Another node wrote the key. */
  void writtenElsewhere(EntryKey key) {
    cacheWrites.elsewhere(key);
    forget(key, Duration.ZERO, () -> {});
  }

  /** Any key may have been written: nothing that is known now counts any more. */
  private void forgetAll() {
    cacheWrites.anyElsewhere();
    writes.noteAll();
    loads.clear();
  }

  /** Other nodes' writes are not heard of: nothing is kept longer than that. */
  void distrust(Duration most) {
    forgetAll();
    cache.cap(most);
  }

  /** They are heard of from now on. */
  void trust() {
    forgetAll();
    cache.uncap();
  }

  private void forget(EntryKey key, Duration doubt, Runnable then) {
    loads.compute(
        key,
        (k, listed) -> {
          writes.note(k, doubt);
          cache.forget(k);
          then.run();
          return null;
        });
  }

  /** Forgets a key, or all that match a pattern; how many were kept. */
  int purge(Predicate<EntryKey> which) {
    // Whoever asks for this knows of a change that replicas may not have yet.
    writes.noteAll();
    loads.keySet().removeIf(which);
    int before = 0;
    for (EntryKey key : cache.keys()) {
      Kept kept = cache.peek(key);
      if (kept != null && which.test(key)) {
        before++;
        loads.compute(
            key,
            (k, listed) -> {
              cache.forget(k);
              return null;
            });
        changed.key(kept.collection(), key);
      }
    }
    return before;
  }
}
