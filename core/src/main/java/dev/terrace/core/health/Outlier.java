package dev.terrace.core.health;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * What one member's work says of its health: it counts as failing after so many failures in a row,
 * or when too large a share of a window's requests failed.
 *
 * <p>The window is four slots of equal length, each a number that holds its time, its requests and
 * its failures: what is more than a window old is not looked at and soon written over. Any number
 * of threads may record at once; none waits. A success after a success costs one read, and one
 * compare-and-set where the failure rate is watched.
 */
final class Outlier {

  private static final int SLOTS = 4;
  private static final int COUNT_BITS = 20;
  private static final long COUNT_MAX = (1L << COUNT_BITS) - 1;
  private static final long COUNTS_MASK = (1L << (2 * COUNT_BITS)) - 1;
  private static final long TAG_MASK = (1L << 24) - 1;

  private final Outliers.Settings settings;
  private final AtomicInteger failuresInRow = new AtomicInteger();
  private final AtomicLongArray slots = new AtomicLongArray(SLOTS);

  /** When it may come back; guarded by the pool's {@link Outliers}, as are the next two. */
  long ejectedUntil;

  boolean ejected;

  /** How often in a row it was ejected; one is forgotten for each base time without. */
  int times;

  Outlier(Outliers.Settings settings) {
    this.settings = settings;
  }

  void success(long now) {
    if (failuresInRow.get() != 0) {
      failuresInRow.set(0);
    }
    if (settings.watchesRate()) {
      count(now, 1L << COUNT_BITS);
    }
  }

  /** Whether the member counts as failing now. */
  boolean failure(long now) {
    boolean inRow =
        failuresInRow.incrementAndGet() >= settings.failures() && settings.failures() > 0;
    if (!settings.watchesRate()) {
      return inRow;
    }
    count(now, (1L << COUNT_BITS) + 1);
    return inRow || rateIsHigh(now);
  }

  /** Forgets all, as a member that comes back starts anew. */
  void reset() {
    failuresInRow.set(0);
    for (int i = 0; i < SLOTS; i++) {
      slots.set(i, 0);
    }
  }

  private long slotOf(long now) {
    return Math.floorDiv(now, settings.windowNanos() / SLOTS);
  }

  private void count(long now, long one) {
    long time = slotOf(now);
    int slot = Math.floorMod(time, SLOTS);
    long tag = (time & TAG_MASK) << (2 * COUNT_BITS);
    while (true) {
      long before = slots.get(slot);
      boolean same = tagOf(before) == (time & TAG_MASK);
      long counts = same ? before & COUNTS_MASK : 0;
      if (counts >>> COUNT_BITS >= COUNT_MAX) {
        return; // a million requests of a slot say enough
      }
      if (slots.compareAndSet(slot, before, tag + counts + one)) {
        return;
      }
    }
  }

  private static long tagOf(long slot) {
    return slot >>> (2 * COUNT_BITS);
  }

  private boolean rateIsHigh(long now) {
    long time = slotOf(now);
    long requests = 0;
    long failures = 0;
    for (int back = 0; back < SLOTS; back++) {
      long counted = slots.get(Math.floorMod(time - back, SLOTS));
      if (tagOf(counted) == ((time - back) & TAG_MASK)) {
        requests += (counted >>> COUNT_BITS) & COUNT_MAX;
        failures += counted & COUNT_MAX;
      }
    }
    return requests >= settings.minRequests() && failures >= settings.failureRate() * requests;
  }
}
