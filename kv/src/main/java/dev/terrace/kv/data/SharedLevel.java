package dev.terrace.kv.data;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.terrace.config.StoreConfig;
import dev.terrace.core.place.HashRing;
import dev.terrace.core.pool.Address;
import dev.terrace.core.signal.Counter;
import dev.terrace.core.signal.Metric;
import dev.terrace.core.signal.Signals;
import dev.terrace.engine.EngineFailure;
import dev.terrace.engine.SharedCache;
import dev.terrace.engine.SharedCache.Lookup;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The cache that nodes share, between their own memory and the database; it blocks.
 *
 * <p>Reads and fills do without a server that cannot be asked. Writes do not: a key whose value
 * there could not be taken away is tried again until it is, and until then this node does not read
 * that server. Other nodes may find the old value there meanwhile, though never older than the ttl.
 */
final class SharedLevel {

  private static final System.Logger LOG = System.getLogger(SharedLevel.class.getName());

  /** How long one node has for a load until another may try. */
  private static final Duration LEASE = Duration.ofSeconds(3);

  /** A server that could not be asked is left alone so long. */
  private static final long REST_NANOS = Duration.ofSeconds(1).toNanos();

  /** Keys that could not be taken away; beyond so many the server is not read until all are. */
  private static final int OWED_MAX = 100_000;

  /** How long somebody else's load is waited for. */
  private static final long PATIENCE_NANOS = Duration.ofMillis(200).toNanos();

  private static final long LOOK_AGAIN_NANOS = Duration.ofMillis(5).toNanos();

  /** What is known of a key. */
  sealed interface Found {

    /** Its entry, and how old that is. */
    record Known(Entry entry, Duration age) implements Found {}

    /**
     * Nothing.
     *
     * @param lease to fill it with, or null if it is not ours to fill
     * @param written whether the key was written a moment ago
     */
    record Missing(@Nullable Lease lease, boolean written) implements Found {}
  }

  /** A mark that must be put yet; each is another, though they be alike. */
  private static final class Owed {
    final Duration mark;

    Owed(Duration mark) {
      this.mark = mark;
    }
  }

  /** The right to fill a key. */
  record Lease(int server, long token) {}

  private static final Found UNKNOWN = new Found.Missing(null, false);

  private final String name;
  private final SharedCache cache;
  private final HashRing ring;
  private final List<Address> servers;
  private final LongSupplier clockMillis;
  private final Ticker clock = Ticker.systemTicker();
  private final long[] restUntil;

  /** Keys whose values must be taken away yet, by server. */
  private final List<Map<EntryKey, Owed>> owed;

  /** More were owed than are remembered: until then the server is not read. */
  private final long[] blindUntil;

  private final Counter hits;
  private final Counter misses;
  private final Counter failures;

  SharedLevel(
      String name,
      StoreConfig store,
      SharedCache cache,
      LongSupplier clockMillis,
      Signals signals) {
    this.name = name;
    this.cache = cache;
    this.clockMillis = clockMillis;
    this.ring =
        new HashRing(
            store.shards().stream().map(s -> new HashRing.Node(s.identity(), s.weight())).toList());
    this.servers = store.shards().stream().map(s -> s.primary()).toList();
    this.restUntil = new long[servers.size()];
    Arrays.fill(restUntil, clock.read());
    this.blindUntil = restUntil.clone();
    this.owed =
        IntStream.range(0, servers.size())
            .<Map<EntryKey, Owed>>mapToObj(i -> new ConcurrentHashMap<>())
            .toList();
    this.hits = signals.counter(Metric.KV_SHARED, name, "hit");
    this.misses = signals.counter(Metric.KV_SHARED, name, "miss");
    this.failures = signals.counter(Metric.KV_SHARED, name, "failed");
    signals.gauge(this::owed, Metric.KV_SHARED_OWED, name);
  }

  /** What it has of several keys; for those it has not, mostly a lease to fill them. */
  List<Found> find(Collection c, List<EntryKey> keys) {
    @Nullable Found[] found = new Found[keys.size()];
    Map<Integer, List<Integer>> byServer = new HashMap<>();
    for (int i = 0; i < keys.size(); i++) {
      byServer.computeIfAbsent(ring.owner(keys.get(i).bytes()), s -> new ArrayList<>()).add(i);
    }
    byServer.forEach((server, indexes) -> find(c, keys, server, indexes, found));
    List<Found> all = new ArrayList<>(found.length);
    for (Found one : found) {
      all.add(Objects.requireNonNullElse(one, UNKNOWN));
      (one instanceof Found.Known ? hits : misses).increment();
    }
    return all;
  }

  /** Asks one server, again and again while others load what is wanted. */
  private void find(
      Collection c,
      List<EntryKey> keys,
      int server,
      List<Integer> indexes,
      @Nullable Found[] found) {
    List<Integer> wanted = indexes;
    long end = clock.read() + PATIENCE_NANOS;
    while (!wanted.isEmpty() && mayAsk(server)) {
      List<Integer> busy = new ArrayList<>();
      try {
        List<byte[]> names = wanted.stream().map(i -> keys.get(i).bytes()).toList();
        List<Lookup> lookups = cache.get(servers.get(server), names, LEASE);
        for (int i = 0; i < lookups.size(); i++) {
          switch (lookups.get(i)) {
            case Lookup.Hit(byte[] value) -> found[wanted.get(i)] = known(c, value);
            case Lookup.Lease(long token, boolean written) ->
                found[wanted.get(i)] = new Found.Missing(new Lease(server, token), written);
            case Lookup.Busy() -> busy.add(wanted.get(i));
          }
        }
      } catch (EngineFailure e) {
        failed(server, e);
        return;
      }
      if (clock.read() - end >= 0) {
        return;
      }
      wanted = busy;
      if (!busy.isEmpty()) {
        LockSupport.parkNanos(LOOK_AGAIN_NANOS);
      }
    }
  }

  private Found known(Collection c, byte[] value) {
    StoredEntry stored = StoredEntry.read(c.known(), value);
    if (stored == null) {
      return UNKNOWN;
    }
    long age = Math.max(0, clockMillis.getAsLong() - stored.loadedAtMillis());
    return new Found.Known(stored.entry(), Duration.ofMillis(age));
  }

  private boolean mayAsk(int server) {
    long now = clock.read();
    return now - restUntil[server] >= 0
        && now - blindUntil[server] >= 0
        && owed.get(server).isEmpty();
  }

  private void failed(int server, Exception e) {
    failures.increment();
    restUntil[server] = clock.read() + REST_NANOS;
    LOG.log(System.Logger.Level.DEBUG, "store {0}: {1}", name, e.getMessage());
  }

  /** Puts an entry in, if the lease allows. */
  void fill(Collection c, EntryKey key, Found lease, Entry entry) {
    if (lease instanceof Found.Missing(Lease mine, boolean written)
        && mine != null
        && mayAsk(mine.server())) {
      byte[] value = StoredEntry.of(entry, clockMillis.getAsLong());
      Duration ttl = entry.exists(Long.MIN_VALUE) ? c.ttl() : Duration.ofNanos(c.missingTtlNanos());
      try {
        cache.fill(servers.get(mine.server()), key.bytes(), mine.token(), value, ttl);
      } catch (EngineFailure e) {
        failed(mine.server(), e);
      }
    }
  }

  /**
   * The store has a new row of the key: what is here of the old one goes before this returns, or
   * this node reads that server no more until it has gone.
   *
   * @param mark for how long loads must see the write
   * @param ttl how long the old value could stay
   */
  void written(EntryKey key, Duration mark, Duration ttl) {
    int server = ring.owner(key.bytes());
    if (owed.get(server).isEmpty()) {
      try {
        cache.written(servers.get(server), List.of(key.bytes()), mark);
        return;
      } catch (EngineFailure e) {
        failed(server, e);
      }
    }
    owe(server, key, mark, ttl);
  }

  private void owe(int server, EntryKey key, Duration mark, Duration ttl) {
    Map<EntryKey, Owed> keys = owed.get(server);
    boolean first;
    synchronized (keys) {
      first = keys.isEmpty();
      if (keys.size() < OWED_MAX) {
        keys.put(key, new Owed(mark));
      } else {
        blindUntil[server] = clock.read() + ttl.toNanos();
      }
    }
    if (first) {
      Thread.ofVirtual().name("kv-shared-owed").start(() -> pay(server));
    }
  }

  /** Takes the values away that could not be, once the server can be asked. */
  private void pay(int server) {
    Map<EntryKey, Owed> keys = owed.get(server);
    while (!keys.isEmpty()) {
      List<Map.Entry<EntryKey, Owed>> some =
          keys.entrySet().stream().limit(1000).map(Map.Entry::copyOf).toList();
      Duration mark =
          some.stream().map(e -> e.getValue().mark).max(Duration::compareTo).orElseThrow();
      try {
        cache.written(
            servers.get(server), some.stream().map(e -> e.getKey().bytes()).toList(), mark);
        synchronized (keys) {
          some.forEach(e -> keys.remove(e.getKey(), e.getValue()));
        }
      } catch (EngineFailure | RuntimeException e) {
        failed(server, e);
        LockSupport.parkNanos(REST_NANOS);
        if (Thread.currentThread().isInterrupted()) {
          return;
        }
      }
    }
  }

  /** Keys whose old values are there still. */
  int owed() {
    return owed.stream().mapToInt(Map::size).sum();
  }
}
