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
import dev.terrace.engine.Engine;
import dev.terrace.engine.Engines;
import dev.terrace.engine.StoreSettings;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The file's collections with their stores, and what is kept of them over reloads. */
public final class DataTier implements AutoCloseable {

  private static final System.Logger LOG = System.getLogger(DataTier.class.getName());
  private static final Duration CONNECT_TIMEOUT_MAX = Duration.ofSeconds(2);
  private static final int CONNECTIONS_PER_SERVER = 16;

  /** What commands work on, as of one file. */
  public record View(Collections collections, ReadThrough reads, WriteThrough writes) {}

  private record Opened(StoreSettings settings, Engine engine) {}

  private final Pools pools;
  private final ReplicaProgress progress;
  private final Engines engines;
  private final TableWrites tableWrites;
  private final Signals signals;
  private final Ticker clock;
  private final Map<String, Opened> stores = new HashMap<>();
  private final List<KeyListener> listeners = new CopyOnWriteArrayList<>();
  private @Nullable ReadThrough reads;
  private @Nullable View view;

  /**
   * No collections yet.
   *
   * @param tableWrites told of what is written to tables
   * @param clock what entries age by
   */
  public DataTier(
      Pools pools,
      ReplicaProgress progress,
      Engines engines,
      TableWrites tableWrites,
      Signals signals,
      Ticker clock) {
    this.pools = pools;
    this.progress = progress;
    this.engines = engines;
    this.tableWrites = tableWrites;
    this.signals = signals;
    this.clock = clock;
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
    Map<String, Opened> before = new HashMap<>(stores);
    List<Collection> all = new ArrayList<>();
    file.collections()
        .forEach((name, config) ->
            config.table().ifPresent(table -> all.add(collection(file, name, table, config))));
    View now =
        new View(
            new Collections(all),
            cache,
            new WriteThrough(cache, tableWrites, file.kv().storeTimeout()));
    retire(now, cache);
    view = now;
    before.forEach((name, opened) -> {
      if (!opened.equals(stores.get(name))) {
        opened.engine().close();
      }
    });
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
    Store store = new Store(table.store(), storeConfig, engine(table.store(), storeConfig, file));
    if (view != null) {
      for (Collection old : view.collections().all()) {
        if (old.name().equals(name)
            && old.config().equals(config)
            && old.rule().equals(table.shard())
            && old.store().equals(store)) {
          return old;
        }
      }
    }
    return new Collection(name, config, table.shard(), store, signals);
  }

  private Engine engine(String name, StoreConfig store, TerraceConfig file) {
    Duration timeout = file.kv().storeTimeout();
    StoreSettings settings =
        EngineSettings.of(
            name,
            store,
            timeout,
            timeout.compareTo(CONNECT_TIMEOUT_MAX) < 0 ? timeout : CONNECT_TIMEOUT_MAX,
            CONNECTIONS_PER_SERVER);
    Opened opened = stores.get(name);
    if (opened == null || !opened.settings().equals(settings)) {
      String kind = store.engine().name().toLowerCase(Locale.ROOT);
      opened = new Opened(settings, engines.open(kind, settings));
      stores.put(name, opened);
    }
    return opened.engine();
  }

  private void changed(Collection c, EntryKey key) {
    listeners.forEach(listener -> listener.changed(c, key));
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
    stores.values().forEach(opened -> opened.engine().close());
    stores.clear();
  }
}
