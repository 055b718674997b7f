package dev.terrace.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class SeededTest {

  @Test
  void theSameSeedDrawsTheSame() {
    assertThat(Seeded.of(7).bytes(100)).isEqualTo(Seeded.of(7).bytes(100));
    assertThat(Seeded.of(7).bytes(100)).isNotEqualTo(Seeded.of(8).bytes(100));
    assertThat(Seeded.of(7).mutate("valid".getBytes(StandardCharsets.UTF_8)))
        .isNotEqualTo("valid".getBytes(StandardCharsets.UTF_8));
    assertThat(Seeded.of(7).mutate(new byte[0])).isNotNull();
  }

  @Test
  void aFailureNamesTheSeedThatRepeatsIt() {
    AtomicInteger rounds = new AtomicInteger();
    assertThatThrownBy(() ->
            Seeded.rounds(7, 100, random -> assertThat(rounds.incrementAndGet()).isLessThan(3)))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("-Dterrace.seed=" + 9)
        .hasMessageContaining("round 2");
  }

  @Test
  void awaitNamesWhatDidNotHappen() {
    Await.until("it is so", () -> true);
    assertThatThrownBy(() -> Await.until("pigs fly", Duration.ofMillis(20), () -> false))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("pigs fly");
    assertThatThrownBy(() ->
            Await.until(
                "one is two",
                Duration.ofMillis(20),
                () -> {
                  assertThat(1).isEqualTo(2);
                  return true;
                }))
        .hasMessageContaining("one is two")
        .hasCauseInstanceOf(AssertionError.class);
  }
}
