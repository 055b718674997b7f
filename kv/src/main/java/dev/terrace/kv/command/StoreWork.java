package dev.terrace.kv.command;

import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * The work that commands have with stores, which can be held back: what has begun is waited for,
 * what comes then begins again once it may, from where it looks up its collection.
 */
public final class StoreWork {

  private static final long LOOK_EVERY_NANOS = 1_000_000;

  private final AtomicInteger running = new AtomicInteger();
  private final AtomicInteger holds = new AtomicInteger();
  private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();

  /**
   * Begins work if none is held back; {@link #end} must follow.
   *
   * @param again runs later, on whatever thread, if it is held back
   * @return whether it may be done now
   */
  public boolean begin(Runnable again) {
    running.incrementAndGet();
    if (holds.get() == 0) {
      return true;
    }
    running.decrementAndGet();
    waiting.add(again);
    // It may have ended meanwhile.
    wake();
    return false;
  }

  /** Work has ended. */
  public void end() {
    running.decrementAndGet();
  }

  private void wake() {
    while (holds.get() == 0) {
      Runnable next = waiting.poll();
      if (next == null) {
        return;
      }
      next.run();
    }
  }

  /** Holds all work back until it is closed. */
  public Hold hold() {
    holds.incrementAndGet();
    return new Hold();
  }

  /** Work that is held back. */
  public final class Hold implements AutoCloseable {

    private Hold() {}

    /** Waits until what had begun has ended; how much has not in time. */
    public int drained(Duration patience) {
      long end = System.nanoTime() + patience.toNanos();
      int left = running.get();
      while (left > 0 && System.nanoTime() - end < 0) {
        LockSupport.parkNanos(LOOK_EVERY_NANOS);
        left = running.get();
      }
      return left;
    }

    @Override
    public void close() {
      holds.decrementAndGet();
      wake();
    }
  }
}
