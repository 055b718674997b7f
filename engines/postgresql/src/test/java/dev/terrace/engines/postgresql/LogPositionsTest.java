package dev.terrace.engines.postgresql;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class LogPositionsTest {

  private final LogPositions log = new LogPositions();

  @Test
  void nothingIsProvenBeforeTheFirstSample() {
    assertThat(log.caughtUpTo(100)).isEmpty();
    assertThat(log.lag(100, 5)).isZero();
  }

  @Test
  void aReplicaHoldsWhatWasThereBeforeTheLastSampleItPassed() {
    log.sample(1_000, 10);
    log.sample(2_000, 20);
    log.sample(3_000, 20);
    assertThat(log.caughtUpTo(9)).isEmpty();
    assertThat(log.caughtUpTo(15)).hasValue(1_000);
    assertThat(log.caughtUpTo(20)).hasValue(3_000);
  }

  @Test
  void lagCountsFromTheFirstSampleThatIsLacking() {
    log.sample(1_000, 10);
    log.sample(2_000, 20);
    assertThat(log.lag(15, 2_500)).isEqualTo(Duration.ofNanos(500));
    assertThat(log.lag(20, 9_999)).isZero();
  }

  @Test
  void anotherHistoryProvesNothing() {
    log.sample(1_000, 100);
    log.sample(2_000, 50);
    assertThat(log.caughtUpTo(100)).hasValue(2_000);
    assertThat(log.caughtUpTo(49)).isEmpty();
  }
}
