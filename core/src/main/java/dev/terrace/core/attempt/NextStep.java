package dev.terrace.core.attempt;

/**
 * What follows a failed attempt. The rule: a request is repeated only where that is provably safe,
 * which is when nothing of it was sent, or when the member refused to look at it or it is
 * idempotent, all of it is still at hand and nothing of an answer has reached the client. An answer
 * that counts as a failure for its status is what the client is told if there is no other attempt.
 */
public enum NextStep {
  /** The same member over a new connection: the old one was merely closed as idle. */
  SAME_MEMBER_ANEW,
  /** Another member. */
  OTHER_MEMBER,
  /** Tell the client. */
  GIVE_UP,
  /** Tell the client: another member could be asked, but too many requests are repeated already. */
  BUDGET_SPENT;

  /**
   * Decides after a failed attempt, of at most {@code attemptsMax}, and takes what it decides out
   * of the budget. What never reached a member, and a connection that was merely closed as idle,
   * was no work for anybody: to ask another costs nothing.
   *
   * @param now in nanoseconds
   */
  public static NextStep after(Attempt attempt, int attemptsMax, RetryBudget budget, long now) {
    NextStep step = after(attempt, attemptsMax);
    boolean costs = step == OTHER_MEMBER && attempt.sent();
    return costs && !budget.tryRetry(now) ? BUDGET_SPENT : step;
  }

  /** Decides after a failed attempt, of at most {@code attemptsMax}. */
  public static NextStep after(Attempt attempt, int attemptsMax) {
    if (attempt.answered()) {
      return GIVE_UP;
    }
    boolean safe = attempt.replayable() && (!attempt.sent() || attempt.idempotent());
    return switch (attempt.failure()) {
      // Another member would be asked what this one may still be working on; and time is up.
      case TIMED_OUT -> GIVE_UP;
      // The member understood and answered, if badly: others run the same program.
      case BROKEN_ANSWER -> GIVE_UP;
      case CLOSED ->
          !safe ? GIVE_UP : attempt.reused() ? SAME_MEMBER_ANEW : other(attempt, attemptsMax);
      // Nothing was done with what was sent; and a connection that is being closed says so too.
      case REFUSED ->
          !attempt.replayable()
              ? GIVE_UP
              : attempt.reused() ? SAME_MEMBER_ANEW : other(attempt, attemptsMax);
      case UNREACHABLE, LIMIT, REFUSED_BY_STATUS -> safe ? other(attempt, attemptsMax) : GIVE_UP;
    };
  }

  private static NextStep other(Attempt attempt, int attemptsMax) {
    return attempt.number() < attemptsMax ? OTHER_MEMBER : GIVE_UP;
  }
}
