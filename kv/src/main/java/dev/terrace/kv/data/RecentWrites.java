package dev.terrace.kv.data;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.RemovalCause;
import com.github.benmanes.caffeine.cache.Ticker;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * When the keys that this node wrote lately were written, so that they are read from servers that
 * have it. Bounded: what is forgotten raises a floor that counts as every key's last write.
 */
final class RecentWrites {

  private static final int KEYS_MAX = 100_000;
  private static final Duration KEPT = Duration.ofMinutes(5);

  /**
   * @param atNanos when the write was acknowledged, by the nano clock
   * @param doubtUntilNanos until then the store may still commit it, so nothing read may be kept
   */
  record Mark(long atNanos, long doubtUntilNanos) {}

  private final Ticker clock;
  private final Cache<EntryKey, Mark> marks;
  private final AtomicLong floor;

  RecentWrites(Ticker clock) {
    this.clock = clock;
    // Before the process began, this node wrote nothing.
    this.floor = new AtomicLong(clock.read() - Duration.ofHours(1).toNanos());
    this.marks =
        Caffeine.newBuilder()
            .maximumSize(KEYS_MAX)
            .expireAfterWrite(KEPT)
            .ticker(clock)
            .executor(Runnable::run)
            .evictionListener(this::forgotten)
            .build();
  }

  private void forgotten(@Nullable EntryKey key, @Nullable Mark mark, RemovalCause cause) {
    if (mark != null) {
      raise(mark.doubtUntilNanos());
    }
  }

  private void raise(long nanos) {
    floor.accumulateAndGet(nanos, (a, b) -> a - b > 0 ? a : b);
  }

  void note(EntryKey key, Duration doubt) {
    long now = clock.read();
    marks.put(key, new Mark(now, now + doubt.toNanos()));
  }

  /** All keys count as written now. */
  void noteAll() {
    raise(clock.read());
  }

  /** The key's last write, or the floor. */
  Mark of(EntryKey key) {
    Mark mark = marks.getIfPresent(key);
    long low = floor.get();
    if (mark == null) {
      return new Mark(low, low);
    }
    return low - mark.atNanos() > 0
        ? new Mark(low, low - mark.doubtUntilNanos() > 0 ? low : mark.doubtUntilNanos())
        : mark;
  }

  /** This moment, by the clock of the marks. */
  long now() {
    return clock.read();
  }

  boolean inDoubt(EntryKey key) {
    return of(key).doubtUntilNanos() - clock.read() > 0;
  }
}
