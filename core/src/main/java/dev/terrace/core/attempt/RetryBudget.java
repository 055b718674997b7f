package dev.terrace.core.attempt;

import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/**
 * How many attempts may be made beyond the first ones, counted over the last ten seconds: a share
 * of the requests, and some in any case. When all of a pool fails, retries would else multiply its
 * load just when it can bear that least.
 *
 * <p>Example: a share of 0.2 and a minimum of 10 per second let 1,000 requests in ten seconds be
 * followed by 300 retries.
 *
 * <p>Any number of threads may use it at once; none ever waits. A request that is counted in the
 * very moment a second begins may be lost, which makes no difference.
 */
public final class RetryBudget {

  private static final int SLOTS = 10;
  private static final long SLOT_NANOS = 1_000_000_000L;

  private final double share;
  private final int minPerSecond;
  private final LongAdder[] requests = new LongAdder[SLOTS];
  private final AtomicIntegerArray retries = new AtomicIntegerArray(SLOTS);
  private final AtomicLong second;
  private final LongAdder refused = new LongAdder();

  /**
   * An unspent budget.
   *
   * @param share of the requests, 0 and up
   * @param minPerSecond retries that are allowed however few requests there are
   * @param now in nanoseconds, of the clock that all later calls read
   */
  public RetryBudget(double share, int minPerSecond, long now) {
    if (!(share >= 0) || minPerSecond < 0) {
      throw new IllegalArgumentException("a budget is not negative");
    }
    this.share = share;
    this.minPerSecond = minPerSecond;
    this.second = new AtomicLong(Math.floorDiv(now, SLOT_NANOS));
    for (int i = 0; i < SLOTS; i++) {
      requests[i] = new LongAdder();
    }
  }

  /** A request comes in: its first attempt is free. */
  public void request(long now) {
    requests[slot(now)].increment();
  }

  /** Takes a retry out of the budget; false if none is left, and then nothing is taken. */
  public boolean tryRetry(long now) {
    int slot = slot(now);
    long came = 0;
    long repeated = 0;
    retries.incrementAndGet(slot);
    for (int i = 0; i < SLOTS; i++) {
      came += requests[i].sum();
      repeated += retries.get(i);
    }
    boolean left = repeated <= share * came + (double) minPerSecond * SLOTS;
    if (!left) {
      retries.decrementAndGet(slot);
      refused.increment();
    }
    return left;
  }

  /** Retries that were refused so far. */
  public long refused() {
    return refused.sum();
  }

  /** The slot of this second; whoever comes first in a second empties what has grown old. */
  private int slot(long now) {
    long current = Math.floorDiv(now, SLOT_NANOS);
    long known = second.get();
    while (current > known) {
      if (second.compareAndSet(known, current)) {
        for (long old = Math.max(known + 1, current - SLOTS + 1); old <= current; old++) {
          int slot = Math.floorMod(old, SLOTS);
          requests[slot].reset();
          retries.set(slot, 0);
        }
        break;
      }
      known = second.get();
    }
    // A clock that was read just before another thread's counts where that one does.
    return Math.floorMod(Math.max(current, known), SLOTS);
  }
}
