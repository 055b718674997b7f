package dev.terrace.kv.back;

import java.time.Duration;

/** What a journal that fills up does to writes. */
sealed interface Pressure {

  /** The longest that a write is held up. */
  Duration SLOWEST = Duration.ofMillis(100);

  /** The write goes its way, after a pause. */
  record Slow(Duration pause) implements Pressure {}

  /** The write goes to the store before it is answered. */
  record Through() implements Pressure {}

  /**
   * By how full it is.
   *
   * @param full how much of the limit is taken
   * @param slowAt the part from which on writes are slowed down
   * @param throughAt the part from which on writes go through
   */
  static Pressure of(double full, double slowAt, double throughAt) {
    if (full >= throughAt) {
      return new Through();
    }
    if (full < slowAt) {
      return new Slow(Duration.ZERO);
    }
    double part = (full - slowAt) / (throughAt - slowAt);
    return new Slow(Duration.ofNanos((long) (SLOWEST.toNanos() * part * part)));
  }
}
