package dev.terrace.core.freshness;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrace.core.freshness.ReplicaProgress.Progress;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ReplicaProgressTest {

  @Test
  void aReplicaHoldsWhatWasWrittenBeforeItsProvenTime() {
    ReplicaProgress progress = new ReplicaProgress();
    assertThat(progress.of("r1")).isEmpty();
    assertThat(progress.holds("r1", Long.MIN_VALUE)).isFalse();
    Progress seen = new Progress(1000, Duration.ofMillis(3));
    progress.note("r1", seen);
    assertThat(progress.of("r1")).contains(seen);
    assertThat(progress.holds("r1", 999)).isTrue();
    assertThat(progress.holds("r1", 1000)).isFalse();
    assertThat(progress.holds("r1", 1001)).isFalse();
    assertThat(progress.holds("r2", 1)).isFalse();
  }

  @Test
  void theNanoClockMayWrapAround() {
    ReplicaProgress progress = new ReplicaProgress();
    progress.note("r1", new Progress(Long.MIN_VALUE + 5, Duration.ZERO));
    assertThat(progress.holds("r1", Long.MAX_VALUE - 5)).isTrue();
  }
}
