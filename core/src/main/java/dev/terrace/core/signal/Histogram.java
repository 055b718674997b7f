package dev.terrace.core.signal;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/**
 * A distribution of durations over fixed buckets, 1-2-5 from 100 us to 10 s; many threads may
 * record at once.
 */
public final class Histogram {

  private static final double[] UPPER_BOUNDS_SECONDS = {
    0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10
  };
  private static final long[] UPPER_BOUNDS_NANOS =
      Arrays.stream(UPPER_BOUNDS_SECONDS).mapToLong(s -> Math.round(s * 1e9)).toArray();

  private final LongAdder[] buckets = new LongAdder[UPPER_BOUNDS_NANOS.length + 1];
  private final LongAdder sumNanos = new LongAdder();

  Histogram() {
    Arrays.setAll(buckets, i -> new LongAdder());
  }

  /** Records one duration. */
  public void recordNanos(long nanos) {
    int found = Arrays.binarySearch(UPPER_BOUNDS_NANOS, nanos);
    buckets[found >= 0 ? found : -found - 1].increment();
    sumNanos.add(nanos);
  }

  /** The buckets' upper bounds in seconds, without the last, which is unbounded. */
  public static double[] upperBoundsSeconds() {
    return UPPER_BOUNDS_SECONDS.clone();
  }

  /** How many durations fell into each bucket, the unbounded one last; not cumulative. */
  public List<Long> counts() {
    return Arrays.stream(buckets).map(LongAdder::sum).toList();
  }

  /** The sum of all durations in seconds. */
  public double sumSeconds() {
    return sumNanos.sum() / 1e9;
  }
}
