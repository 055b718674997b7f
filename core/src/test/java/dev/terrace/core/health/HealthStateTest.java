package dev.terrace.core.health;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class HealthStateTest {

  private static final ProbeResult PASSED = new ProbeResult.Passed();

  /** The rule in words: the last full run of equal results decides; before that, the first one. */
  private static boolean oracle(List<Boolean> passes, int rise, int fall) {
    if (passes.isEmpty()) {
      return true;
    }
    boolean up = passes.getFirst();
    for (int i = 1; i < passes.size(); i++) {
      int needed = up ? fall : rise;
      boolean turned = i >= needed;
      // A run must lie behind the change that it follows; equal results before would have undone
      // it.
      for (int k = 0; turned && k < needed; k++) {
        turned = passes.get(i - k) != up;
      }
      if (turned) {
        up = !up;
      }
    }
    return up;
  }

  @Test
  void allSequencesUpToEightAgreeWithTheOracle() {
    int checked = 0;
    for (int rise = 1; rise <= 4; rise++) {
      for (int fall = 1; fall <= 4; fall++) {
        for (int length = 0; length <= 8; length++) {
          for (int bits = 0; bits < 1 << length; bits++) {
            HealthState state = HealthState.UNTRIED;
            List<Boolean> passes = new ArrayList<>();
            for (int i = 0; i < length; i++) {
              boolean pass = (bits >> i & 1) == 1;
              passes.add(pass);
              state = state.after(pass ? PASSED : new ProbeResult.Failed("no " + i), rise, fall);
            }
            assertThat(state.healthy())
                .as("rise %d fall %d: %s", rise, fall, passes)
                .isEqualTo(oracle(passes, rise, fall));
            assertThat(state.run()).isLessThan(Math.max(rise, fall));
            checked++;
          }
        }
      }
    }
    assertThat(checked).isEqualTo(16 * 511);
  }

  @Test
  void theReasonIsTheLastFailuresOrThatItPassed() {
    HealthState state = HealthState.UNTRIED;
    assertThat(state.reason()).isEqualTo("not checked yet");
    state = state.after(PASSED, 2, 2);
    assertThat(state).isEqualTo(new HealthState(HealthState.Verdict.HEALTHY, 0, "check passed"));
    assertThat(state.after(PASSED, 2, 2)).isSameAs(state);
    state = state.after(new ProbeResult.Failed("HTTP 503"), 2, 2);
    assertThat(state).isEqualTo(new HealthState(HealthState.Verdict.HEALTHY, 1, "HTTP 503"));
    assertThat(state.after(PASSED, 2, 2).reason()).isEqualTo("check passed");
    state = state.after(new ProbeResult.Failed("connection refused"), 2, 2);
    assertThat(state)
        .isEqualTo(new HealthState(HealthState.Verdict.UNHEALTHY, 0, "connection refused"));
    state = state.after(PASSED, 2, 2);
    assertThat(state.reason()).isEqualTo("connection refused");
    assertThat(state.after(PASSED, 2, 2).reason()).isEqualTo("check passed");
  }
}
