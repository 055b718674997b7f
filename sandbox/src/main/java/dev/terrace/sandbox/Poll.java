package dev.terrace.sandbox;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Asks again and again until the answer is yes or the time is over. */
final class Poll {

  private static final long FIRST_NANOS = 1_000_000;
  private static final long LONGEST_NANOS = 20_000_000;

  private Poll() {}

  static boolean until(Duration patience, BooleanSupplier condition) {
    long deadline = System.nanoTime() + patience.toNanos();
    long pause = FIRST_NANOS;
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - deadline > 0 || Thread.currentThread().isInterrupted()) {
        return false;
      }
      LockSupport.parkNanos(pause);
      pause = Math.min(pause * 2, LONGEST_NANOS);
    }
    return true;
  }
}
