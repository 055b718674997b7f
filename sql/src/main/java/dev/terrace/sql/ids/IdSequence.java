package dev.terrace.sql.ids;

import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Numbers of 63 bits: milliseconds, the slot of who gives them out, a count within the millisecond.
 * Each is greater than the one before. A {@link Lease} says which slot and which milliseconds may
 * be used; without one there are none. Safe for use by many threads.
 *
 * <p>The form is that of Twitter's Snowflake (2010): 41 bits of time, 10 of slot, 12 of count.
 */
final class IdSequence {

  /** Milliseconds are counted from 2025-01-01T00:00:00Z: they last until 2094. */
  static final long EPOCH_MILLIS = 1_735_689_600_000L;

  static final int SLOTS = 1 << 10;

  private static final int COUNT_BITS = 12;
  private static final int SLOT_BITS = 10;

  /**
   * What may be used.
   *
   * @param slot 0 to 1023
   * @param from the first millisecond since the epoch above
   * @param until the first that may no longer be used
   * @param takenNanos what the clock of {@link #next} showed when it was {@code from}
   */
  record Lease(int slot, long from, long until, long takenNanos) {

    /**
     * The millisecond of that moment; however the clocks of machines are set, it never goes back.
     */
    long millis(long nanos) {
      return from + Math.max(0, nanos - takenNanos) / 1_000_000;
    }

    /** Whether half of the time is over. */
    boolean isHalfOver(long nanos) {
      return millis(nanos) > from + (until - from) / 2;
    }
  }

  /** Milliseconds and count of the number last given, whatever the slot. */
  private final AtomicLong last = new AtomicLong();

  private volatile @Nullable Lease lease;

  @Nullable Lease lease() {
    return lease;
  }

  void lease(Lease next) {
    lease = next;
  }

  /**
   * The next number; empty if none may be given now.
   *
   * @param nanos a clock that never goes back
   */
  OptionalLong next(long nanos) {
    Lease now = lease;
    if (now == null) {
      return OptionalLong.empty();
    }
    long earliest = now.millis(nanos) << COUNT_BITS;
    while (true) {
      long before = last.get();
      // More than 4096 in a millisecond take from the next ones.
      long next = Math.max(before + 1, earliest);
      long millis = next >>> COUNT_BITS;
      if (millis >= now.until) {
        return OptionalLong.empty();
      }
      if (last.compareAndSet(before, next)) {
        long count = next & ((1 << COUNT_BITS) - 1);
        return OptionalLong.of(
            millis << (SLOT_BITS + COUNT_BITS) | (long) now.slot << COUNT_BITS | count);
      }
    }
  }
}
