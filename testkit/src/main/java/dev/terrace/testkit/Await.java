package dev.terrace.testkit;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for a condition that other threads bring about; the test fails if they do not. */
public final class Await {

  private static final long FIRST_PAUSE_NANOS = 1_000_000;
  private static final long LONGEST_PAUSE_NANOS = 20_000_000;

  private Await() {}

  /**
   * Waits until the condition holds. An assertion that fails inside it counts as not yet, and is
   * shown if the time runs out.
   *
   * @throws AssertionError naming what was waited for
   */
  public static void until(String what, Duration patience, BooleanSupplier condition) {
    long deadline = System.nanoTime() + patience.toNanos();
    long pause = FIRST_PAUSE_NANOS;
    while (true) {
      AssertionError reason = null;
      try {
        if (condition.getAsBoolean()) {
          return;
        }
      } catch (AssertionError e) {
        reason = e;
      }
      if (System.nanoTime() - deadline > 0) {
        throw new AssertionError("not within " + patience + ": " + what, reason);
      }
      LockSupport.parkNanos(pause);
      if (Thread.interrupted()) {
        Thread.currentThread().interrupt();
        throw new AssertionError("interrupted while waiting for: " + what, reason);
      }
      pause = Math.min(2 * pause, LONGEST_PAUSE_NANOS);
    }
  }

  /** Waits up to ten seconds. */
  public static void until(String what, BooleanSupplier condition) {
    until(what, Duration.ofSeconds(10), condition);
  }
}
