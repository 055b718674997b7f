package dev.terrace.engines.postgresql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrace.core.freshness.LogMark;
import dev.terrace.core.freshness.Lsn;
import dev.terrace.engines.postgresql.LogPositions.Sample;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class LogPositionsTest {

  private final LogPositions log = new LogPositions();

  private static LogMark at(long lsn) {
    return new LogMark(1, new Lsn(lsn));
  }

  private void sample(long nanos, long flushed) {
    sample(nanos, flushed, flushed);
  }

  private void sample(long nanos, long flushed, long inserted) {
    log.sample(new Sample(nanos, at(flushed), new Lsn(inserted), Duration.ofNanos(600)));
  }

  private boolean holds(long lsn, long writtenNanos) {
    return log.caughtUpTo(at(lsn)).orElseThrow() - writtenNanos > 0;
  }

  @Test
  void nothingIsProvenBeforeTheFirstSample() {
    assertThat(log.caughtUpTo(at(100))).isEmpty();
    assertThat(log.lag(at(100), 5)).isZero();
    assertThat(log.lagBytes(at(100))).isZero();
  }

  @Test
  void aReplicaHoldsWhatWasThereBeforeTheLastSampleItPassed() {
    sample(1_000, 10);
    sample(2_000, 20);
    sample(3_000, 20);
    assertThat(holds(9, -1_000_000_000_000L)).isFalse();
    assertThat(log.caughtUpTo(at(15))).hasValue(1_000);
    assertThat(log.caughtUpTo(at(20))).hasValue(3_000);
  }

  @Test
  void whatWasInsertedAndNotFlushedWasAcknowledgedAMomentBefore() {
    sample(1_000, 10, 14);
    assertThat(log.caughtUpTo(at(10))).as("an unflushed commit may be among it").hasValue(400);
    assertThat(log.caughtUpTo(at(14))).hasValue(1_000);
    sample(5_000, 14, 15);
    assertThat(log.caughtUpTo(at(14))).hasValue(4_400);
  }

  @Test
  void lagCountsFromTheFirstSampleThatIsLacking() {
    sample(1_000, 10);
    sample(2_000, 20);
    assertThat(log.lag(at(15), 2_500)).isEqualTo(Duration.ofNanos(500));
    assertThat(log.lag(at(20), 9_999)).isZero();
    assertThat(log.lagBytes(at(15))).isEqualTo(5);
    assertThat(log.lagBytes(at(25))).isZero();
  }

  @Test
  void anotherHistoryProvesNothing() {
    sample(1_000, 100);
    sample(2_000, 50);
    assertThat(log.caughtUpTo(at(100))).hasValue(2_000);
    assertThat(holds(49, 0)).isFalse();
    log.sample(
        new Sample(3_000, new LogMark(2, new Lsn(200)), new Lsn(200), Duration.ofNanos(600)));
    assertThat(holds(500, 0)).as("still on the timeline before").isFalse();
    assertThat(log.caughtUpTo(new LogMark(2, new Lsn(200)))).hasValue(3_000);
  }
}
