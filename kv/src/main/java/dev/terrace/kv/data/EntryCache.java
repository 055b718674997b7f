package dev.terrace.kv.data;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import com.github.benmanes.caffeine.cache.RemovalCause;
import com.github.benmanes.caffeine.cache.Ticker;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * The entries that are kept in the process, bounded by the bytes they take, and how old each may
 * get: its collection's ttl less a jitter; after it, as long as {@code stale-if-error} allows, it
 * serves only while the store cannot be asked.
 */
final class EntryCache {

  /** A stale entry is answered with for so long until the store is asked again. */
  private static final long HOLD_NANOS = Duration.ofSeconds(1).toNanos();

  /**
   * An entry as it is kept.
   *
   * @param freshUntil until when it is good, by the cache's clock
   * @param refreshFrom from when on a read has it loaded anew
   * @param goneAt when it is gone; later than {@code freshUntil} if it may serve stale
   * @param stale whether it is past its ttl already, and its store could not be asked
   */
  record Kept(
      Entry entry,
      Collection collection,
      long freshUntil,
      long refreshFrom,
      long goneAt,
      boolean stale) {}

  private final Cache<EntryKey, Kept> cache;
  private final Ticker clock;

  /** What no entry may be older than for now, whatever its collection says. */
  private volatile long capNanos = Long.MAX_VALUE;

  EntryCache(long bytes, Ticker clock) {
    this.clock = clock;
    this.cache =
        Caffeine.newBuilder()
            .maximumWeight(bytes)
            .weigher((EntryKey key, Kept kept) -> kept.entry().weight(key))
            .expireAfter(
                Expiry.creating((EntryKey key, Kept kept) ->
                    Duration.ofNanos(Math.max(0, kept.goneAt() - clock.read()))))
            .ticker(clock)
            .executor(Runnable::run)
            .removalListener(EntryCache::removed)
            .build();
  }

  private static void removed(@Nullable EntryKey key, @Nullable Kept kept, RemovalCause cause) {
    if (key != null && kept != null) {
      kept.collection().entries.decrement();
      kept.collection().bytes.add(-kept.entry().weight(key));
    }
  }

  /** Changes how much may be kept. */
  void resize(long bytes) {
    cache.policy().eviction().ifPresent(e -> e.setMaximum(bytes));
  }

  /** From now on nothing is kept longer than that; what is kept is forgotten. */
  void cap(Duration most) {
    capNanos = most.toNanos();
    cache.invalidateAll();
  }

  /** Collections may keep things as long as they say again; what is kept is forgotten. */
  void uncap() {
    capNanos = Long.MAX_VALUE;
    cache.invalidateAll();
  }

  /** What is kept of a key, whether fresh or not. */
  @Nullable Kept get(EntryKey key) {
    return cache.getIfPresent(key);
  }

  /** The same without its counting as a use. */
  @Nullable Kept peek(EntryKey key) {
    return cache.policy().getIfPresentQuietly(key);
  }

  /** Whether it is good still; only collections that refresh or serve stale ones need to ask. */
  boolean isFresh(Kept kept) {
    return clock.read() - kept.freshUntil() < 0;
  }

  /** Whether it is time to load it anew. */
  boolean isDue(Kept kept) {
    return clock.read() - kept.refreshFrom() >= 0;
  }

  /**
   * Keeps an entry.
   *
   * @param age how old it is already
   */
  void put(Collection c, EntryKey key, Entry entry, Duration age) {
    boolean missing = !entry.exists(Long.MIN_VALUE);
    long ttl = Math.min(capNanos, missing ? c.missingTtlNanos() : c.ttl().toNanos());
    double jitter = c.jitter();
    long life =
        jitter == 0 ? ttl : ttl - (long) (ttl * jitter * ThreadLocalRandom.current().nextDouble());
    life -= age.toNanos();
    if (life <= 0) {
      return;
    }
    long now = clock.read();
    long fresh = now + life;
    long refresh = fresh - (long) (ttl * c.refreshAhead());
    put(key, new Kept(entry, c, fresh, refresh, fresh + c.staleIfErrorNanos(), false));
    if (capNanos < ttl) {
      // It was lowered meanwhile, and this came after what was kept was forgotten.
      cache.invalidate(key);
    }
  }

  private void put(EntryKey key, Kept kept) {
    kept.collection().entries.increment();
    kept.collection().bytes.add(kept.entry().weight(key));
    cache.put(key, kept);
  }

  /** The store cannot be asked: what is kept serves a while longer, if it may; else null. */
  @Nullable Entry hold(EntryKey key) {
    Kept kept = peek(key);
    long now = clock.read();
    if (kept == null || kept.collection().staleIfErrorNanos() == 0 || kept.goneAt() - now <= 0) {
      return null;
    }
    boolean stale = now - kept.freshUntil() >= 0;
    long until = stale ? Math.min(now + HOLD_NANOS, kept.goneAt()) : kept.freshUntil();
    put(
        key,
        new Kept(kept.entry(), kept.collection(), until, now + HOLD_NANOS, kept.goneAt(), stale));
    return kept.entry();
  }

  void forget(EntryKey key) {
    cache.invalidate(key);
  }

  /** The keys of what is kept. */
  Set<EntryKey> keys() {
    return cache.asMap().keySet();
  }
}
