package dev.terrace.kv.data;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.terrace.config.CollectionConfig;
import dev.terrace.config.StoreConfig;
import dev.terrace.config.TableConfig;
import dev.terrace.config.TerraceConfig;
import dev.terrace.core.freshness.ReplicaProgress;
import dev.terrace.core.freshness.TableWrites;
import dev.terrace.core.pool.Pools;
import dev.terrace.core.signal.Signals;
import dev.terrace.engine.Engines;
import dev.terrace.kv.nodes.Nodes;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The file's collections with their stores, and what is kept of them over reloads. */
public final class DataTier implements AutoCloseable {

  private static final System.Logger LOG = System.getLogger(DataTier.class.getName());

  /** What commands work on, as of one file. */
  public record View(Collections collections, ReadThrough reads, WriteThrough writes) {}

  private final Pools pools;
  private final ReplicaProgress progress;
  private final TableWrites tableWrites;
  private final Signals signals;
  private final Ticker clock;
  private final Stores stores;
  private final List<KeyListener> listeners = new CopyOnWriteArrayList<>();
  private @Nullable DirtyRows dirtyRows;
  private @Nullable ReadThrough reads;
  private volatile @Nullable View view;

  /**
   * No collections yet.
   *
   * @param tableWrites told of what is written to tables
   * @param clock what entries age by
   * @param clockMillis the wall clock
   */
  public DataTier(
      Pools pools,
      ReplicaProgress progress,
      Engines engines,
      TableWrites tableWrites,
      Signals signals,
      Ticker clock,
      LongSupplier clockMillis) {
    this.pools = pools;
    this.progress = progress;
    this.tableWrites = tableWrites;
    this.signals = signals;
    this.clock = clock;
    this.stores = new Stores(engines, signals, clockMillis);
  }

  /** Has those rows take the writes of collections with write back, from the next file on. */
  public synchronized void dirtyRows(DirtyRows rows) {
    dirtyRows = rows;
  }

  /** The store of that name, as collections of the present file have it. */
  public Optional<Store> store(String name) {
    View now = view;
    return now == null
        ? Optional.empty()
        : now.collections().all().stream()
            .map(Collection::store)
            .filter(store -> store.name().equals(name))
            .findFirst();
  }

  /** Tells that listener from now on which keys are changed or forgotten on this node. */
  public void listen(KeyListener listener) {
    listeners.add(listener);
  }

  /** Serves by this file from now on; entries of collections that stay as they are stay too. */
  public synchronized View configure(TerraceConfig file) {
    long memory = file.kv().memory().bytes();
    ReadThrough cache =
        reads == null ? new ReadThrough(pools, progress, memory, clock, this::changed) : reads;
    reads = cache;
    cache.resize(memory);
    stores.begin(file, heard(cache));
    List<Collection> all = new ArrayList<>();
    file.collections()
        .forEach((name, config) ->
            config.table().ifPresent(table -> all.add(collection(file, name, table, config))));
    WriteThrough writes = new WriteThrough(cache, tableWrites, file.kv().storeTimeout());
    DirtyRows rows = dirtyRows;
    if (rows != null) {
      cache.dirtyRows(rows);
      writes.dirtyRows(rows);
    }
    View now = new View(new Collections(all), cache, writes);
    retire(now, cache);
    view = now;
    stores.closeOthers();
    for (Collection c : all) {
      c.report();
      Collection.problem(c.name(), c.config(), c.rule())
          .ifPresent(problem -> LOG.log(System.Logger.Level.WARNING, problem));
      if (!c.ready()) {
        cache.learn(c);
      }
    }
    return now;
  }

  private Collection collection(
      TerraceConfig file, String name, String tableName, CollectionConfig config) {
    TableConfig table = file.tables().get(tableName);
    if (table == null) {
      throw new IllegalArgumentException("table '" + tableName + "' is not listed");
    }
    StoreConfig storeConfig = file.stores().get(table.store());
    if (storeConfig == null) {
      throw new IllegalArgumentException("store '" + table.store() + "' is not listed");
    }
    Store store = new Store(table.store(), storeConfig, stores.engine(table.store()));
    Optional<SharedLevel> shared = config.cache().shared().map(stores::shared);
    if (view != null) {
      for (Collection old : view.collections().all()) {
        if (old.name().equals(name)
            && old.config().equals(config)
            && old.rule().equals(table.shard())
            && old.store().equals(store)
            && old.shared().equals(shared)) {
          return old;
        }
      }
    }
    return new Collection(name, config, table.shard(), store, shared, signals);
  }

  private void changed(Collection c, EntryKey key) {
    stores.nodes().ifPresent(nodes -> nodes.written(key.bytes()));
    listeners.forEach(listener -> listener.changed(c, key));
  }

  /** What other nodes say of keys that are kept here. */
  private Nodes.Kept heard(ReadThrough cache) {
    return new Nodes.Kept() {
      @Override
      public void written(byte[] key) {
        cache.writtenElsewhere(new EntryKey(key));
        View now = view;
        Collection c = now == null ? null : now.collections().find(key);
        if (c != null) {
          listeners.forEach(listener -> listener.changed(c, new EntryKey(key)));
        }
      }

      @Override
      public void distrust(Duration most) {
        cache.distrust(most);
        listeners.forEach(KeyListener::allChanged);
      }

      @Override
      public void trust() {
        cache.trust();
        listeners.forEach(KeyListener::allChanged);
      }
    };
  }

  /** Forgets the entries of collections that are gone or have changed. */
  private void retire(View now, ReadThrough cache) {
    if (view == null) {
      return;
    }
    for (Collection old : view.collections().all()) {
      if (!now.collections().all().contains(old)) {
        old.retire();
        String prefix = old.name() + ":";
        cache.purge(key -> key.toString().startsWith(prefix));
      }
    }
  }

  /** Forgets the entry of a key, or those of all keys that match a pattern; how many it were. */
  public synchronized int purge(String keyOrPattern) {
    if (reads == null) {
      return 0;
    }
    boolean pattern = keyOrPattern.chars().anyMatch(c -> c == '*' || c == '?' || c == '[');
    if (pattern) {
      Predicate<String> matches = Texts.glob(keyOrPattern).asMatchPredicate();
      return reads.purge(key -> matches.test(key.toString()));
    }
    EntryKey key = new EntryKey(keyOrPattern.getBytes(StandardCharsets.UTF_8));
    return reads.purge(key::equals);
  }

  /** Closes the engines. */
  @Override
  public synchronized void close() {
    stores.close();
  }
}
