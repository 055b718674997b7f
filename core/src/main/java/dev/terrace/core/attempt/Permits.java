package dev.terrace.core.attempt;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/**
 * So many units of work at once and no more: the requests in hand of a pool, or those that wait for
 * a connection. Each permit that was got is ended exactly once, and its end says what became of the
 * work.
 */
public final class Permits {

  /** What became of the work. */
  public enum End {
    /** It was done. */
    SUCCESS,
    /** Nobody wanted it any more: it says nothing about who was to do it. */
    IGNORED,
    /** It was not done: who was to do it failed, or took too long. */
    DROPPED
  }

  private volatile int max;
  private final AtomicInteger inUse = new AtomicInteger();
  private final LongAdder refused = new LongAdder();
  private final LongAdder succeeded = new LongAdder();
  private final LongAdder ignored = new LongAdder();
  private final LongAdder dropped = new LongAdder();

  /** That many permits; none at all refuses all work. */
  public Permits(int max) {
    resize(max);
  }

  /**
   * Another number of permits, as after a reload; what is in hand is finished even if it is more.
   */
  public void resize(int newMax) {
    if (newMax < 0) {
      throw new IllegalArgumentException("a number of permits is not negative: " + newMax);
    }
    max = newMax;
  }

  /** Gets a permit; false if all are in use. */
  public boolean tryAcquire() {
    int now = inUse.get();
    while (now < max) {
      if (inUse.compareAndSet(now, now + 1)) {
        return true;
      }
      now = inUse.get();
    }
    refused.increment();
    return false;
  }

  /** Gives a permit back. */
  public void end(End how) {
    if (inUse.decrementAndGet() < 0) {
      inUse.incrementAndGet();
      throw new IllegalStateException("a permit was ended twice");
    }
    switch (how) {
      case SUCCESS -> succeeded.increment();
      case IGNORED -> ignored.increment();
      case DROPPED -> dropped.increment();
    }
  }

  /** How many are in use. */
  public int inUse() {
    return inUse.get();
  }

  /** How many there are. */
  public int max() {
    return max;
  }

  /** How often none was left. */
  public long refused() {
    return refused.sum();
  }

  /** How many have ended so. */
  public long ended(End how) {
    return switch (how) {
      case SUCCESS -> succeeded.sum();
      case IGNORED -> ignored.sum();
      case DROPPED -> dropped.sum();
    };
  }
}
