package dev.terrace.engine.link;

import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * When a call must be over: what it guards then is closed, which ends reads that trickle and writes
 * to a server that takes nothing more. Limits on sockets would end neither.
 */
public final class Deadline implements AutoCloseable {

  private final long endNanos;
  private final @Nullable Future<?> end;
  private @Nullable Closeable guarded;
  private boolean passed;
  private boolean over;

  private Deadline(ScheduledThreadPoolExecutor clock, Duration timeout) {
    endNanos = System.nanoTime() + timeout.toNanos();
    end = scheduled(clock, timeout);
  }

  private @Nullable Future<?> scheduled(ScheduledThreadPoolExecutor clock, Duration timeout) {
    try {
      return clock.schedule(this::pass, timeout.toNanos(), TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException e) {
      return null; // the store is being closed, and with it all that would be waited for
    }
  }

  /** What deadlines are scheduled on. */
  static ScheduledThreadPoolExecutor clock(String name) {
    ScheduledThreadPoolExecutor clock =
        new ScheduledThreadPoolExecutor(1, Thread.ofPlatform().daemon().name(name).factory());
    clock.setRemoveOnCancelPolicy(true);
    clock.setKeepAliveTime(10, TimeUnit.SECONDS);
    clock.allowCoreThreadTimeOut(true);
    return clock;
  }

  static Deadline in(ScheduledThreadPoolExecutor clock, Duration timeout) {
    return new Deadline(clock, timeout);
  }

  private void pass() {
    Closeable late;
    synchronized (this) {
      if (over) {
        return;
      }
      passed = true;
      late = guarded;
    }
    if (late != null) {
      end(late);
    }
  }

  /** Closes this one instead of any earlier one when the time is up; at once if it is. */
  public void guard(Closeable what) {
    boolean late;
    synchronized (this) {
      guarded = what;
      late = passed;
    }
    if (late) {
      end(what);
    }
  }

  /** Whether time was up before the call was over. */
  public synchronized boolean passed() {
    return passed;
  }

  /** What is left, at least a millisecond. */
  public Duration left() {
    return Duration.ofNanos(Math.max(1_000_000, endNanos - System.nanoTime()));
  }

  /** The call is over: nothing is closed any more. Whether that was in time. */
  synchronized boolean met() {
    over = true;
    guarded = null;
    return !passed;
  }

  @Override
  public void close() {
    met();
    if (end != null) {
      end.cancel(false);
    }
  }

  private static void end(Closeable late) {
    try {
      late.close();
    } catch (IOException e) {
      // It is gone either way.
    }
  }
}
