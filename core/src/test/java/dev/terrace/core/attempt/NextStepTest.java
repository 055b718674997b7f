package dev.terrace.core.attempt;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** All combinations, against the rule as the type's doc states it. */
class NextStepTest {

  private static final boolean[] BOTH = {false, true};

  @Test
  void nothingIsRepeatedThatIsNotSafe() {
    int repeated = 0;
    for (AttemptFailure failure : AttemptFailure.values()) {
      for (int bits = 0; bits < 32; bits++) {
        Attempt attempt = attempt(1, failure, bits);
        NextStep next = NextStep.after(attempt, 3);
        boolean safe =
            !attempt.answered()
                && attempt.replayable()
                && (!attempt.sent() || attempt.idempotent() || failure == AttemptFailure.REFUSED);
        if (next != NextStep.GIVE_UP) {
          repeated++;
          assertThat(safe).as("%s", attempt).isTrue();
        }
      }
    }
    assertThat(repeated).isPositive();
  }

  @Test
  void aRefusedConnectionLeadsToAnotherMemberUntilTheAttemptsAreUsedUp() {
    Attempt first = new Attempt(1, AttemptFailure.UNREACHABLE, false, false, false, true, false);
    assertThat(NextStep.after(first, 2)).isEqualTo(NextStep.OTHER_MEMBER);
    assertThat(NextStep.after(first, 1)).isEqualTo(NextStep.GIVE_UP);
  }

  @Test
  void aConnectionClosedAsIdleIsReplacedEvenByTheLastAttempt() {
    Attempt reused = new Attempt(1, AttemptFailure.CLOSED, true, true, true, true, false);
    assertThat(NextStep.after(reused, 1)).isEqualTo(NextStep.SAME_MEMBER_ANEW);
    Attempt post = new Attempt(1, AttemptFailure.CLOSED, true, true, false, true, false);
    assertThat(NextStep.after(post, 3)).isEqualTo(NextStep.GIVE_UP);
  }

  @Test
  void whatTheMemberHasNotLookedAtIsRepeatedWhateverItWas() {
    Attempt going = new Attempt(1, AttemptFailure.REFUSED, true, true, false, true, false);
    assertThat(NextStep.after(going, 1)).isEqualTo(NextStep.SAME_MEMBER_ANEW);
    Attempt fresh = new Attempt(1, AttemptFailure.REFUSED, false, true, false, true, false);
    assertThat(NextStep.after(fresh, 2)).isEqualTo(NextStep.OTHER_MEMBER);
    assertThat(NextStep.after(fresh, 1)).isEqualTo(NextStep.GIVE_UP);
  }

  @Test
  void anAnswerThatCountsAsAFailureLeadsToAnotherMemberIfThatIsSafeAndAllowed() {
    AttemptFailure status = AttemptFailure.REFUSED_BY_STATUS;
    for (boolean reused : BOTH) {
      Attempt get = new Attempt(1, status, reused, true, true, true, false);
      assertThat(NextStep.after(get, 2)).isEqualTo(NextStep.OTHER_MEMBER);
      assertThat(NextStep.after(get, 1)).isEqualTo(NextStep.GIVE_UP);
      // It was work for the member: it is paid for.
      assertThat(NextStep.after(get, 2, new RetryBudget(0, 0, 0), 1))
          .isEqualTo(NextStep.BUDGET_SPENT);
      Attempt post = new Attempt(1, status, reused, true, false, true, false);
      assertThat(NextStep.after(post, 3)).isEqualTo(NextStep.GIVE_UP);
      Attempt large = new Attempt(1, status, reused, true, true, false, false);
      assertThat(NextStep.after(large, 3)).isEqualTo(NextStep.GIVE_UP);
    }
  }

  @Test
  void lateAndBrokenAnswersAreFinal() {
    for (boolean reused : BOTH) {
      for (AttemptFailure failure :
          new AttemptFailure[] {AttemptFailure.TIMED_OUT, AttemptFailure.BROKEN_ANSWER}) {
        Attempt attempt = new Attempt(1, failure, reused, true, true, true, false);
        assertThat(NextStep.after(attempt, 3)).isEqualTo(NextStep.GIVE_UP);
      }
    }
  }

  private static Attempt attempt(int number, AttemptFailure failure, int bits) {
    return new Attempt(
        number,
        failure,
        (bits & 1) != 0,
        (bits & 2) != 0,
        (bits & 4) != 0,
        (bits & 8) != 0,
        (bits & 16) != 0);
  }
}
