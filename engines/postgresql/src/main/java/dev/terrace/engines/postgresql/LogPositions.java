package dev.terrace.engines.postgresql;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.OptionalLong;

/**
 * Where a primary's log was at which time, as its checks sampled it: what tells how far a replica
 * has come. Say the samples are position 10 at 1 s and 20 at 2 s; a replica that has replayed 15
 * holds all that was committed before 1 s, and is behind since 2 s at the latest.
 */
final class LogPositions {

  /** Ten minutes of checks twice a second. */
  private static final int SAMPLES_MAX = 1200;

  private record Sample(long nanos, long position) {}

  private final Deque<Sample> samples = new ArrayDeque<>();

  /**
   * Notes a sample of the primary.
   *
   * @param nanos the nano clock just before the primary was asked
   */
  synchronized void sample(long nanos, long position) {
    if (!samples.isEmpty() && position < samples.getLast().position()) {
      // Another history: the server was replaced. What was proven before counts no more.
      samples.clear();
    }
    if (samples.size() == SAMPLES_MAX) {
      samples.removeFirst();
    }
    samples.addLast(new Sample(nanos, position));
  }

  /** The latest time before which all is held by who has replayed up to {@code position}. */
  synchronized OptionalLong caughtUpTo(long position) {
    OptionalLong newest = OptionalLong.empty();
    for (Sample sample : samples) {
      if (sample.position() > position) {
        break;
      }
      newest = OptionalLong.of(sample.nanos());
    }
    return newest;
  }

  /** For how long at least there has been something that {@code position} lacks. */
  synchronized Duration lag(long position, long nowNanos) {
    for (Sample sample : samples) {
      if (sample.position() > position) {
        return Duration.ofNanos(Math.max(0, nowNanos - sample.nanos()));
      }
    }
    return Duration.ZERO;
  }
}
