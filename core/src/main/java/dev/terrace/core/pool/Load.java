package dev.terrace.core.pool;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/**
 * The work a member has in hand, counted by all event loops, how fast it does it and what it says
 * of itself. It belongs to the member's identity, not to a snapshot: it survives changes of state
 * and of the file.
 */
public final class Load {

  /** After this time without a sample a latency counts for 1/e of what it was. */
  private static final double DECAY_NANOS = 10e9;

  /** What a failure counts as: a second. */
  private static final long FAILURE_NANOS = 1_000_000_000L;

  /** How long a member's word is taken for true. */
  private static final long REPORT_NANOS = 10_000_000_000L;

  private static final double REPORT_MAX = 100;

  private final AtomicInteger inFlight = new AtomicInteger();
  private final LongAdder started = new LongAdder();
  private final LongAdder failed = new LongAdder();
  private final StampedValue latency = new StampedValue();
  private final StampedValue reported = new StampedValue();

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

  /**
   * A unit of work took that long from begin to answer. {@link #latency} follows: up at once, down
   * slowly.
   *
   * @param now in nanoseconds
   */
  public void took(long nanos, long now) {
    float sample = Math.max(1, nanos);
    while (true) {
      long before = latency.raw();
      double old = decayed(before, now);
      long age = StampedValue.ageNanos(before, now);
      double fresh = sample >= old ? sample : old + sample * (1 - Math.exp(-age / DECAY_NANOS));
      if (latency.replace(before, (float) Math.max(1, fresh), now)) {
        return;
      }
    }
  }

  /** The member failed a unit of work at once: for choosing by latency that is as bad as slow. */
  public void tookNothing(long now) {
    took(FAILURE_NANOS, now);
  }

  /**
   * How long a unit of work takes of late, in nanoseconds: a peak-sensitive average that decays
   * with time even if nothing is asked of the member, so that one that was slow is tried again. 0
   * if nothing is known.
   *
   * @param now 0 if the time is not known: then nothing has decayed
   */
  public double latency(long now) {
    return decayed(latency.raw(), now);
  }

  private static double decayed(long raw, long now) {
    double value = StampedValue.value(raw);
    return now == 0 ? value : value * Math.exp(-StampedValue.ageNanos(raw, now) / DECAY_NANOS);
  }

  /**
   * The member says how loaded it is; what is not a number from 0 up is not believed.
   *
   * @param load 0.0 for idle, 1.0 for fully used, more for overloaded
   */
  public void report(double load, long now) {
    if (load >= 0) {
      reported.set((float) Math.min(load, REPORT_MAX), now);
    }
  }

  /**
   * What the member said of its load; 0 if nothing, or if that was more than ten seconds ago.
   *
   * @param now 0 if the time is not known: then nothing said is old
   */
  public double reported(long now) {
    long raw = reported.raw();
    boolean stale = now != 0 && StampedValue.ageNanos(raw, now) > REPORT_NANOS;
    return raw == 0 || stale ? 0 : StampedValue.value(raw);
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
