package dev.terrace.testkit.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrace.core.pool.Address;
import dev.terrace.engine.EngineFailure;
import dev.terrace.engine.SharedCache;
import dev.terrace.engine.SharedCache.Lookup;
import dev.terrace.testkit.Seeded;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;

/**
 * Writers and readers of a few keys, each with its own node's cache, over a store in memory whose
 * values are numbers that only grow.
 */
final class SharedCacheRaces {

  private static final int KEYS = 3;
  private static final int READERS = 6;
  private static final Duration LEASE = Duration.ofSeconds(10);
  private static final AtomicLong RUNS = new AtomicLong();

  private final List<SharedCache> nodes;
  private final Address server;
  private final String prefix = "race " + RUNS.incrementAndGet() + ":";
  private final AtomicLongArray store = new AtomicLongArray(KEYS);

  /** The largest number of each key whose write had ended. */
  private final AtomicLongArray acknowledged = new AtomicLongArray(KEYS);

  private final AtomicLong hits = new AtomicLong();
  private final AtomicLong refused = new AtomicLong();

  SharedCacheRaces(List<SharedCache> nodes, Address server) {
    this.nodes = nodes;
    this.server = server;
  }

  long hits() {
    return hits.get();
  }

  long refused() {
    return refused.get();
  }

  /** Runs them for some time, and checks what is left. */
  void run(Seeded random, Duration time) throws Exception {
    long endNanos = System.nanoTime() + time.toNanos();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> all = new ArrayList<>();
      for (SharedCache node : nodes) {
        long seed = random.nextLong();
        all.add(threads.submit(() -> writeUntil(endNanos, node, Seeded.of(seed))));
        for (int i = 0; i < READERS; i++) {
          long readers = random.nextLong();
          all.add(threads.submit(() -> readUntil(endNanos, node, Seeded.of(readers))));
        }
      }
      for (Future<?> one : all) {
        one.get();
      }
    }
    for (int key = 0; key < KEYS; key++) {
      for (SharedCache node : nodes) {
        if (node.get(server, List.of(name(key)), LEASE).getFirst() instanceof Lookup.Hit hit) {
          assertThat(number(hit)).as("what is left").isEqualTo(store.get(key));
        }
      }
    }
  }

  private Object writeUntil(long endNanos, SharedCache node, Seeded random) throws EngineFailure {
    while (System.nanoTime() - endNanos < 0) {
      int key = random.nextInt(KEYS);
      long written = store.incrementAndGet(key);
      node.written(server, List.of(name(key)), Duration.ofMillis(random.nextInt(1, 50)));
      acknowledged.accumulateAndGet(key, written, Math::max);
      LockSupport.parkNanos(random.nextInt(5_000_000));
    }
    return store;
  }

  private Object readUntil(long endNanos, SharedCache node, Seeded random) throws EngineFailure {
    while (System.nanoTime() - endNanos < 0) {
      int key = random.nextInt(KEYS);
      long least = acknowledged.get(key);
      switch (node.get(server, List.of(name(key)), LEASE).getFirst()) {
        case Lookup.Hit hit -> {
          hits.incrementAndGet();
          assertThat(number(hit)).as("not older than the last write").isGreaterThanOrEqualTo(least);
        }
        case Lookup.Lease lease -> load(node, key, lease, random);
        case Lookup.Busy _ -> LockSupport.parkNanos(100_000);
      }
    }
    return store;
  }

  private void load(SharedCache node, int key, Lookup.Lease lease, Seeded random)
      throws EngineFailure {
    byte[] value = Long.toString(store.get(key)).getBytes(StandardCharsets.US_ASCII);
    LockSupport.parkNanos(random.nextInt(2_000_000));
    if (!node.fill(server, name(key), lease.token(), value, LEASE)) {
      refused.incrementAndGet();
    }
  }

  private byte[] name(int key) {
    return (prefix + key).getBytes(StandardCharsets.US_ASCII);
  }

  private static long number(Lookup.Hit hit) {
    return Long.parseLong(new String(hit.value(), StandardCharsets.US_ASCII));
  }
}
