package dev.terrace.kv.data;

import dev.terrace.config.KvConfig.NodesConfig;
import dev.terrace.config.StoreConfig;
import dev.terrace.config.StoreConfig.ShardConfig;
import dev.terrace.config.TerraceConfig;
import dev.terrace.core.signal.Signals;
import dev.terrace.engine.Engine;
import dev.terrace.engine.Engines;
import dev.terrace.engine.SharedCache;
import dev.terrace.engine.StoreSettings;
import dev.terrace.kv.nodes.Nodes;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The stores of a file that collections use, opened when they are first asked for and kept over
 * reloads that leave them as they are.
 */
final class Stores implements AutoCloseable {

  private static final Duration CONNECT_TIMEOUT_MAX = Duration.ofSeconds(2);
  private static final int CONNECTIONS_PER_SERVER = 16;

  private record Opened<T>(StoreSettings settings, List<ShardConfig> shards, T store) {}

  private record Channel(NodesConfig config, StoreSettings settings, List<ShardConfig> shards) {}

  private final Engines engines;
  private final Signals signals;
  private final LongSupplier clockMillis;
  private final Map<String, Opened<Engine>> databases = new HashMap<>();
  private final Map<String, Opened<SharedCache>> caches = new HashMap<>();
  private final Map<String, SharedLevel> levels = new HashMap<>();
  private final Set<String> used = new HashSet<>();
  private final Set<AutoCloseable> outdated = new HashSet<>();
  private @Nullable TerraceConfig file;
  private @Nullable Channel channel;
  private volatile @Nullable Nodes nodes;

  Stores(Engines engines, Signals signals, LongSupplier clockMillis) {
    this.engines = engines;
    this.signals = signals;
    this.clockMillis = clockMillis;
  }

  /** What is asked for from now on is the file's; {@link #closeOthers} must follow. */
  void begin(TerraceConfig next, Nodes.Kept kept) {
    file = next;
    used.clear();
    channel(next, kept);
  }

  private StoreConfig config(String name) {
    StoreConfig config = Objects.requireNonNull(file).stores().get(name);
    if (config == null) {
      throw new IllegalArgumentException("store '" + name + "' is not listed");
    }
    return config;
  }

  private static String kind(StoreConfig store) {
    return store.engine().name().toLowerCase(Locale.ROOT);
  }

  private static StoreSettings settings(String name, StoreConfig store, Duration timeout) {
    return EngineSettings.of(
        name,
        store,
        timeout,
        timeout.compareTo(CONNECT_TIMEOUT_MAX) < 0 ? timeout : CONNECT_TIMEOUT_MAX,
        CONNECTIONS_PER_SERVER);
  }

  /** The tables of a store. */
  Engine engine(String name) {
    StoreConfig store = config(name);
    used.add(name);
    StoreSettings settings =
        settings(name, store, Objects.requireNonNull(file).kv().storeTimeout());
    Opened<Engine> opened = databases.get(name);
    if (opened == null || !opened.settings().equals(settings)) {
      if (opened != null) {
        outdated.add(opened.store());
      }
      // Which servers there are is the pools' to say.
      opened = new Opened<>(settings, List.of(), engines.open(kind(store), settings));
      databases.put(name, opened);
    }
    return opened.store();
  }

  /** A store as a cache that nodes share. */
  SharedLevel shared(String name) {
    StoreConfig store = config(name);
    used.add(name);
    StoreSettings settings =
        settings(name, store, Objects.requireNonNull(file).kv().sharedTimeout());
    Opened<SharedCache> opened = caches.get(name);
    SharedLevel level = levels.get(name);
    if (level == null
        || opened == null
        || !opened.settings().equals(settings)
        || !opened.shards().equals(store.shards())) {
      if (opened != null) {
        outdated.add(opened.store());
      }
      SharedCache cache = engines.cache(kind(store), settings);
      caches.put(name, new Opened<>(settings, store.shards(), cache));
      level = new SharedLevel(name, store, cache, clockMillis, signals);
      levels.put(name, level);
    }
    return level;
  }

  private void channel(TerraceConfig next, Nodes.Kept kept) {
    Channel wanted =
        next.kv()
            .nodes()
            .map(n -> {
              StoreConfig store = config(n.store());
              Duration timeout = next.kv().sharedTimeout();
              return new Channel(n, settings(n.store(), store, timeout), store.shards());
            })
            .orElse(null);
    if (Objects.equals(wanted, channel)) {
      return;
    }
    Nodes before = nodes;
    if (before != null) {
      before.close();
      kept.trust();
    }
    channel = wanted;
    nodes =
        wanted == null
            ? null
            : Nodes.start(
                engines.announcements(kind(config(wanted.config().store())), wanted.settings()),
                wanted.shards().getFirst().primary(),
                wanted.config(),
                kept,
                signals);
  }

  /** The other nodes, if the file names a channel to them. */
  Optional<Nodes> nodes() {
    return Optional.ofNullable(nodes);
  }

  /** Closes what was not asked for since {@link #begin}. */
  void closeOthers() {
    outdated.forEach(Stores::quietly);
    outdated.clear();
    retain(databases);
    retain(caches);
    levels.keySet().retainAll(used);
  }

  private <T extends AutoCloseable> void retain(Map<String, Opened<T>> opened) {
    opened
        .entrySet()
        .removeIf(entry -> {
          if (used.contains(entry.getKey())) {
            return false;
          }
          quietly(entry.getValue().store());
          return true;
        });
  }

  private static void quietly(AutoCloseable store) {
    try {
      store.close();
    } catch (Exception e) {
      // It is of no more use either way.
    }
  }

  @Override
  public void close() {
    Nodes told = nodes;
    if (told != null) {
      told.close();
    }
    used.clear();
    closeOthers();
  }
}
