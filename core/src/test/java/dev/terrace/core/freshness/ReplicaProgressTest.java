package dev.terrace.core.freshness;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrace.core.freshness.ReplicaProgress.Progress;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class ReplicaProgressTest {

  private static final LogMark HERE = new LogMark(2, new Lsn(500));

  private static Progress at(long nanos) {
    return new Progress(nanos, Duration.ofMillis(3), 100, HERE);
  }

  @Test
  void aReplicaHoldsWhatWasWrittenBeforeItsProvenTime() {
    ReplicaProgress progress = new ReplicaProgress();
    assertThat(progress.of("r1")).isEmpty();
    assertThat(progress.holds("r1", Long.MIN_VALUE)).isFalse();
    progress.note("r1", at(1000));
    assertThat(progress.of("r1")).contains(at(1000));
    assertThat(progress.holds("r1", 999)).isTrue();
    assertThat(progress.holds("r1", 1000)).isFalse();
    assertThat(progress.holds("r1", 1001)).isFalse();
    assertThat(progress.holds("r2", 1)).isFalse();
    progress.forget("r1");
    assertThat(progress.holds("r1", 999)).isFalse();
  }

  @Test
  void theNanoClockMayWrapAround() {
    ReplicaProgress progress = new ReplicaProgress();
    progress.note("r1", at(Long.MIN_VALUE + 5));
    assertThat(progress.holds("r1", Long.MAX_VALUE - 5)).isTrue();
  }

  @Test
  void aReplicaHoldsWhatLiesBeforeItsPlaceInTheLog() {
    ReplicaProgress progress = new ReplicaProgress();
    progress.note("r1", at(0));
    assertThat(progress.holds("r1", HERE)).isTrue();
    assertThat(progress.holds("r1", new LogMark(2, new Lsn(501)))).isFalse();
    assertThat(progress.holds("r1", new LogMark(1, new Lsn(500)))).isTrue();
    assertThat(progress.holds("r1", new LogMark(1, new Lsn(501)))).isFalse();
    assertThat(progress.holds("r1", new LogMark(3, new Lsn(1)))).isFalse();
    assertThat(progress.holds("r2", HERE)).isFalse();
  }

  @Test
  void lagIsLimitedInTimeInBytesOrInBoth() {
    Progress seen = at(0);
    assertThat(LagLimit.of(Duration.ofMillis(3)).allows(seen)).isTrue();
    assertThat(LagLimit.of(Duration.ofMillis(2)).exceeded(seen))
        .hasValueSatisfying(why -> assertThat(why).contains("3 ms behind", "max-lag 2 ms"));
    assertThat(new LagLimit(Optional.empty(), OptionalLong.of(100)).allows(seen)).isTrue();
    LagLimit both = new LagLimit(Optional.of(Duration.ofSeconds(1)), OptionalLong.of(99));
    assertThat(both.exceeded(seen))
        .hasValueSatisfying(why -> assertThat(why).contains("100 bytes", "max-lag-bytes 99"));
  }
}
