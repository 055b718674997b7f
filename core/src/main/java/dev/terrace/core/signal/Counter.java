package dev.terrace.core.signal;

import java.util.concurrent.atomic.LongAdder;

/** A number that only grows; many threads may add at once. */
public final class Counter {

  private final LongAdder sum = new LongAdder();

  Counter() {}

  /** Adds one. */
  public void increment() {
    sum.increment();
  }

  /** Adds {@code count}, which must not be negative. */
  public void add(long count) {
    sum.add(count);
  }

  /** The sum so far. */
  public long value() {
    return sum.sum();
  }
}
