package dev.terrace.core.pool;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/**
 * The work a member has in hand, counted by all event loops. It belongs to the member's identity,
 * not to a snapshot: it survives changes of state and of the file.
 */
public final class Load {

  private final AtomicInteger inFlight = new AtomicInteger();
  private final LongAdder started = new LongAdder();
  private final LongAdder failed = new LongAdder();

  /** A unit of work (request, query, connection) starts; exactly one {@link #end} must follow. */
  public void begin() {
    inFlight.incrementAndGet();
    started.increment();
  }

  /** The unit of work is over, however it went. */
  public void end() {
    inFlight.decrementAndGet();
  }

  /** The member failed a unit of work: refused, broke off or timed out. */
  public void fail() {
    failed.increment();
  }

  /** Units of work in hand now. */
  public int inFlight() {
    return inFlight.get();
  }

  /** Units of work ever started. */
  public long started() {
    return started.sum();
  }

  /** Units of work that the member failed. */
  public long failed() {
    return failed.sum();
  }
}
