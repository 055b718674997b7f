package dev.terrace.core.pool;

import java.util.concurrent.atomic.AtomicLong;

/**
 * A number and the time it is of, changed together without a lock: both are halves of one long, the
 * time in units of 2^20 nanoseconds, some milliseconds' exactness being enough. Zero stands for no
 * number at all.
 */
final class StampedValue {

  private static final int UNIT_BITS = 20;

  private final AtomicLong bits = new AtomicLong();

  long raw() {
    return bits.get();
  }

  boolean replace(long before, float value, long now) {
    return bits.compareAndSet(before, pack(value, now));
  }

  void set(float value, long now) {
    bits.set(pack(value, now));
  }

  static float value(long raw) {
    return Float.intBitsToFloat((int) raw);
  }

  /** How long ago the number was set; never negative. */
  static long ageNanos(long raw, long now) {
    int units = (int) (now >> UNIT_BITS) - (int) (raw >> 32);
    return Math.max(0, (long) units) << UNIT_BITS;
  }

  private static long pack(float value, long now) {
    return (long) (int) (now >> UNIT_BITS) << 32
        | Integer.toUnsignedLong(Float.floatToIntBits(value));
  }
}
