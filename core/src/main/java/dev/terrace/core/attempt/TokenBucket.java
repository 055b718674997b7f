package dev.terrace.core.attempt;

import java.util.concurrent.atomic.AtomicLong;

/**
 * A bucket that holds up to {@code burst} tokens and gets {@code perSecond} of them each second; an
 * event takes one. It starts full.
 *
 * <p>It is kept as one number, the time at which the bucket will be full again (the "theoretical
 * arrival time" of the generic cell rate algorithm, ITU-T I.371): each token taken moves that time
 * on by one interval, and it may not lie further ahead than the burst allows. So taking a token is
 * one compare-and-set, and nothing refills.
 */
public final class TokenBucket {

  private final Pace pace;
  private final AtomicLong fullAt;

  /** How fast tokens come and how many fit. */
  record Pace(double interval, long span) {

    static Pace of(double perSecond, int burst) {
      if (!(perSecond > 0) || burst < 1) {
        throw new IllegalArgumentException("a rate is above 0 and a burst at least 1");
      }
      double interval = 1e9 / perSecond;
      return new Pace(interval, (long) (interval * (burst - 1)));
    }

    /** How long until a token can be had of a bucket that will be full then; 0 for now. */
    long wait(long fullAt, long now) {
      return Math.max(0, fullAt - now - span);
    }

    /** When a bucket will be full after one more token is taken. */
    long taken(long fullAt, long now) {
      return (fullAt - now > 0 ? fullAt : now) + Math.max(1, Math.round(interval));
    }
  }

  /**
   * A full bucket.
   *
   * @param now in nanoseconds, of the clock that all later calls read
   */
  public TokenBucket(double perSecond, int burst, long now) {
    pace = Pace.of(perSecond, burst);
    fullAt = new AtomicLong(now);
  }

  /** Takes a token: 0 if there was one, else the nanoseconds until there will be. */
  public long tryTake(long now) {
    while (true) {
      long before = fullAt.get();
      long wait = pace.wait(before, now);
      if (wait > 0) {
        return wait;
      }
      if (fullAt.compareAndSet(before, pace.taken(before, now))) {
        return 0;
      }
    }
  }
}
