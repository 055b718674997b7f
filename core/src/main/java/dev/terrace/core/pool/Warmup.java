package dev.terrace.core.pool;

import java.util.concurrent.atomic.AtomicLong;

/**
 * The time after a member has come up in which it is given less than its share: from a tenth, in a
 * straight line to all of it. It begins when a picker first thinks of the member, so whoever finds
 * the member up needs no clock. Its identity is what counts: two are never equal.
 */
public final class Warmup {

  /** What a member gets at first. */
  static final double FIRST_SHARE = 0.1;

  /** Of a member that has been up for long. */
  public static final Warmup DONE = new Warmup(0);

  private static final long NOT_BEGUN = Long.MIN_VALUE;

  private final long nanos;
  private final AtomicLong begun = new AtomicLong(NOT_BEGUN);
  private volatile boolean over;

  Warmup(long nanos) {
    this.nanos = nanos;
    this.over = nanos == 0;
  }

  /** Whether the member gets its full share for good. */
  public boolean isOver() {
    return over;
  }

  /**
   * The share at a time in nanoseconds, above 0 and at most 1.
   *
   * @param now 0 if the time is not known: then it is the full share
   */
  public double share(long now) {
    if (over || now == 0) {
      return 1;
    }
    long since = begun.get();
    if (since == NOT_BEGUN) {
      begun.compareAndSet(NOT_BEGUN, now);
      since = begun.get();
    }
    double passed = (double) (now - since) / nanos;
    if (passed >= 1) {
      over = true;
      return 1;
    }
    return FIRST_SHARE + (1 - FIRST_SHARE) * Math.max(0, passed);
  }
}
