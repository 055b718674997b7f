package dev.terrace.engines.postgresql;

import dev.terrace.core.freshness.LogMark;
import dev.terrace.core.freshness.Lsn;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.OptionalLong;

/**
 * Where a primary's log was at which time, as its checks sampled it: what tells how far a replica
 * has come. Say the samples are position 10 at 1 s and 20 at 2 s; a replica that has replayed 15
 * holds all that was committed before 1 s, and is behind since 2 s at the latest.
 *
 * <p>What is inserted into the log may not be flushed, and only what is flushed reaches replicas.
 * Where commits don't wait for the flush (synchronous_commit off), what was acknowledged before a
 * sample is held for certain by who has replayed up to what was inserted then; who has replayed
 * what was flushed holds what was acknowledged some moments before.
 */
final class LogPositions {

  /** Ten minutes of checks twice a second. */
  private static final int SAMPLES_MAX = 1200;

  /** So long ago that nothing of it is remembered. */
  private static final long AGES_NANOS = 1L << 62;

  /**
   * One look at the primary.
   *
   * @param nanos the nano clock just before it was asked
   * @param flushed up to where its log could reach replicas
   * @param inserted the end of what had been written to its log
   * @param flushDelay within what time a commit is flushed that did not wait for it
   */
  record Sample(long nanos, LogMark flushed, Lsn inserted, Duration flushDelay) {}

  private final Deque<Sample> samples = new ArrayDeque<>();

  /** Notes a sample of the primary. */
  synchronized void sample(Sample next) {
    if (!samples.isEmpty()) {
      LogMark last = samples.getLast().flushed();
      if (next.flushed().timeline() != last.timeline()
          || next.flushed().lsn().compareTo(last.lsn()) < 0) {
        // Another history: the server was replaced. What was proven before counts no more.
        samples.clear();
      }
    }
    if (samples.size() == SAMPLES_MAX) {
      samples.removeFirst();
    }
    samples.addLast(next);
  }

  /** The latest time before which all is held by who has replayed up to there; empty if unknown. */
  synchronized OptionalLong caughtUpTo(LogMark replayed) {
    if (samples.isEmpty()) {
      return OptionalLong.empty();
    }
    long newest = samples.getFirst().nanos() - AGES_NANOS;
    for (Sample sample : samples) {
      if (!sample.flushed().heldBy(replayed)) {
        break;
      }
      boolean all = sample.inserted().compareTo(replayed.lsn()) <= 0;
      long proven = all ? sample.nanos() : sample.nanos() - sample.flushDelay().toNanos();
      newest = proven - newest > 0 ? proven : newest;
    }
    return OptionalLong.of(newest);
  }

  /** For how long at least there has been something that who replayed up to there lacks. */
  synchronized Duration lag(LogMark replayed, long nowNanos) {
    for (Sample sample : samples) {
      if (!sample.flushed().heldBy(replayed)) {
        return Duration.ofNanos(Math.max(0, nowNanos - sample.nanos()));
      }
    }
    return Duration.ZERO;
  }

  /** How much of the log, as last sampled, who replayed up to there lacks. */
  synchronized long lagBytes(LogMark replayed) {
    return samples.isEmpty() ? 0 : replayed.lsn().behind(samples.getLast().flushed().lsn());
  }
}
