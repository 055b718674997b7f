package dev.terrace.kv.data;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import com.github.benmanes.caffeine.cache.RemovalCause;
import com.github.benmanes.caffeine.cache.Ticker;
import dev.terrace.core.freshness.ReplicaProgress;
import dev.terrace.core.pool.Pools;
import dev.terrace.engine.EngineFailure;
import dev.terrace.engine.Row;
import dev.terrace.engine.RowKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The in-process cache of entries and the loads that fill it: one load per key, however many wait.
 *
 * <p>Why no stale row stays: a write or a purge takes the key's entry away and its running load off
 * {@link #loads}, both in one step, after the store has acknowledged the write and before the
 * client is answered. A load fills the cache only while it is still listed, so one that may have
 * read from before the write loses; one that starts later reads from a server that is proven to
 * hold it.
 */
public final class ReadThrough {

  /** One question to the store for one key; all who want the key wait for it. */
  static final class Load extends CompletableFuture<Entry> {
    final Collection collection;
    final EntryKey key;

    Load(Collection collection, EntryKey key) {
      this.collection = collection;
      this.key = key;
    }
  }

  /** How long an entry may be kept, and whose statistics it counts in. */
  private record Kept(Entry entry, Collection collection) {}

  private final Cache<EntryKey, Kept> cache;
  private final Map<EntryKey, Load> loads = new ConcurrentHashMap<>();
  private final Map<Collection, CompletableFuture<@Nullable Void>> learning =
      new ConcurrentHashMap<>();
  private final RecentWrites writes = new RecentWrites(Ticker.systemTicker());
  private final Servers servers;
  private final KeyListener listener;

  ReadThrough(
      Pools pools, ReplicaProgress progress, long bytes, Ticker clock, KeyListener listener) {
    this.listener = listener;
    this.servers = new Servers(pools, progress);
    this.cache =
        Caffeine.newBuilder()
            .maximumWeight(bytes)
            .weigher((EntryKey key, Kept kept) -> kept.entry().weight(key))
            .expireAfter(Expiry.creating((EntryKey key, Kept kept) -> ttl(kept)))
            .ticker(clock)
            .executor(Runnable::run)
            .removalListener(ReadThrough::removed)
            .build();
  }

  private static void removed(@Nullable EntryKey key, @Nullable Kept kept, RemovalCause cause) {
    if (key != null && kept != null) {
      kept.collection().entries.decrement();
      kept.collection().bytes.add(-kept.entry().weight(key));
    }
  }

  private static Duration ttl(Kept kept) {
    Duration ttl = kept.collection().ttl();
    boolean missing = !kept.entry().exists(Long.MIN_VALUE);
    return missing && ttl.compareTo(Collection.MISSING_TTL_MAX) > 0
        ? Collection.MISSING_TTL_MAX
        : ttl;
  }

  Servers servers() {
    return servers;
  }

  /** Changes how much may be kept. */
  void resize(long bytes) {
    cache.policy().eviction().ifPresent(e -> e.setMaximum(bytes));
  }

  /** The kept entry, or null: then {@link #load} it. Does not block. */
  public @Nullable Entry kept(Collection c, EntryKey key) {
    Kept kept = cache.getIfPresent(key);
    if (kept == null) {
      c.misses.increment();
      return null;
    }
    c.hits.increment();
    return kept.entry();
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
    Kept kept = cache.getIfPresent(mine.key);
    if (kept != null) {
      loads.remove(mine.key, mine);
      mine.complete(kept.entry());
    }
    return mine;
  }

  private void start(List<Load> ofOneShard) {
    Thread.ofVirtual().name("kv-load").start(() -> run(ofOneShard));
  }

  private void run(List<Load> ofOneShard) {
    try {
      Collection c = ofOneShard.getFirst().collection;
      List<RowKey> keys = ofOneShard.stream().map(l -> c.row(l.key)).toList();
      long written = writes.of(ofOneShard.getFirst().key).atNanos();
      for (Load load : ofOneShard) {
        long other = writes.of(load.key).atNanos();
        written = other - written > 0 ? other : written;
      }
      int shard = c.shard(ofOneShard.getFirst().key);
      Schema schema = c.schema();
      Map<RowKey, Row> read = servers.read(c, shard, keys, written);
      Map<RowKey, Row> rows = schema == null ? read : schema.byKey(read);
      for (int i = 0; i < keys.size(); i++) {
        finish(ofOneShard.get(i), entry(c, rows.get(keys.get(i))));
      }
    } catch (EngineFailure e) {
      fail(ofOneShard, KvError.of(ofOneShard.getFirst().collection.name(), e));
    } catch (KvError e) {
      fail(ofOneShard, e);
    } catch (RuntimeException | Error e) {
      fail(ofOneShard, e);
      throw e;
    }
  }

  private Entry entry(Collection c, @Nullable Row row) throws EngineFailure, KvError {
    Schema schema = c.schema();
    if (schema == null) {
      throw new IllegalStateException("the table is not known yet");
    }
    if (row == null) {
      return Entry.missing(schema);
    }
    if (!schema.columns().equals(row.columns())) {
      // The table was altered.
      describe(c);
      schema = Objects.requireNonNull(c.schema());
    }
    return Entry.of(schema, row, c.config().expires());
  }

  /** Has the collection's table described, unless that is on its way; does not block. */
  public CompletableFuture<@Nullable Void> learn(Collection c) {
    CompletableFuture<@Nullable Void> mine = new CompletableFuture<>();
    CompletableFuture<@Nullable Void> running = learning.putIfAbsent(c, mine);
    if (running != null) {
      return running;
    }
    Thread.ofVirtual()
        .name("kv-describe")
        .start(() -> {
          try {
            describe(c);
            learning.remove(c);
            mine.complete(null);
          } catch (EngineFailure e) {
            learning.remove(c);
            mine.completeExceptionally(KvError.of(c.name(), e));
          } catch (KvError | RuntimeException e) {
            learning.remove(c);
            mine.completeExceptionally(e);
          }
        });
    return mine;
  }

  /** Asks the store for the table's columns; blocks. */
  void describe(Collection c) throws EngineFailure, KvError {
    c.learn(servers.any(c.store(), server -> c.store().engine().describe(server, c.tableName())));
  }

  private void finish(Load load, Entry entry) {
    loads.computeIfPresent(
        load.key,
        (key, listed) -> {
          if (listed != load) {
            return listed;
          }
          Collection c = load.collection;
          if (!c.ttl().isZero() && !c.retired() && !writes.inDoubt(key)) {
            c.entries.increment();
            c.bytes.add(entry.weight(key));
            cache.put(key, new Kept(entry, c));
          }
          return null;
        });
    load.complete(entry);
  }

  private void fail(List<Load> failed, Throwable why) {
    for (Load load : failed) {
      loads.remove(load.key, load);
      load.completeExceptionally(why);
    }
  }

  /**
   * The key was written: what was known of it counts no more.
   *
   * @param doubt for how long the store may still change its mind; zero after an acknowledged write
   */
  void written(Collection c, EntryKey key, Duration doubt) {
    loads.compute(
        key,
        (k, listed) -> {
          writes.note(k, doubt);
          cache.invalidate(k);
          return null;
        });
    listener.changed(c, key);
  }

  /** Forgets a key, or all that match a pattern; how many were kept. */
  int purge(Predicate<EntryKey> which) {
    // Whoever asks for this knows of a change that replicas may not have yet.
    writes.noteAll();
    loads.keySet().removeIf(which);
    int before = 0;
    for (EntryKey key : cache.asMap().keySet()) {
      Kept kept = cache.policy().getIfPresentQuietly(key);
      if (kept != null && which.test(key)) {
        before++;
        loads.compute(
            key,
            (k, listed) -> {
              cache.invalidate(k);
              return null;
            });
        listener.changed(kept.collection(), key);
      }
    }
    return before;
  }
}
