package dev.terrace.sql.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import com.github.benmanes.caffeine.cache.RemovalCause;
import dev.terrace.config.SqlConfig.SqlCacheConfig;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** The results that are kept of all stores, within the memory that they may take together. */
public final class KeptResults {

  private final Cache<RequestKey, Kept> results;
  private final AtomicLong recording = new AtomicLong();
  private volatile SqlCacheConfig config = SqlCacheConfig.DEFAULT;

  /** None yet. */
  public KeptResults() {
    this.results =
        Caffeine.newBuilder()
            .maximumWeight(config.memory().bytes())
            .weigher(KeptResults::weight)
            .expireAfter(
                Expiry.creating((RequestKey key, Kept kept) ->
                    Duration.ofNanos(Math.max(0, kept.untilNanos() - System.nanoTime()))))
            .executor(Runnable::run)
            .removalListener(KeptResults::removed)
            .build();
  }

  private static int weight(RequestKey key, Kept kept) {
    return key.bytes() + kept.bytes();
  }

  private static void removed(@Nullable RequestKey key, @Nullable Kept kept, RemovalCause cause) {
    if (key != null && kept != null) {
      kept.counts().removed(weight(key, kept));
      if (cause == RemovalCause.SIZE) {
        kept.counts().evicted();
      }
    }
  }

  /** Within these limits from now on. */
  public void configure(SqlCacheConfig next) {
    config = next;
    results.policy().eviction().ifPresent(e -> e.setMaximum(next.memory().bytes()));
  }

  SqlCacheConfig config() {
    return config;
  }

  /** What is kept under a key, null if nothing is that counts. */
  @Nullable Kept find(RequestKey key, CacheCounts counts) {
    Kept kept = results.getIfPresent(key);
    if (kept == null) {
      return null;
    }
    if (!kept.isCurrent()) {
      counts.stale();
      results.asMap().remove(key, kept);
      return null;
    }
    // What is older than its time is removed a little later than that.
    return kept.untilNanos() - System.nanoTime() > 0 ? kept : null;
  }

  void keep(RequestKey key, Kept kept) {
    kept.counts().added(weight(key, kept));
    results.put(key, kept);
  }

  /** Whether there is room for so many bytes more of results on their way. */
  boolean reserve(int bytes) {
    if (recording.addAndGet(bytes) > config.memory().bytes()) {
      recording.addAndGet(-bytes);
      return false;
    }
    return true;
  }

  void giveBack(int bytes) {
    recording.addAndGet(-bytes);
  }

  /** Forgets what is kept of a store; how many results it were. */
  public int purge(String store) {
    int purged = 0;
    for (RequestKey key : results.asMap().keySet()) {
      if (key.store().equals(store) && results.asMap().remove(key) != null) {
        purged++;
      }
    }
    return purged;
  }
}
