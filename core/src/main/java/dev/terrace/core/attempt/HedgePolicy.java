package dev.terrace.core.attempt;

/**
 * When a second member is asked although the first has not failed, only to be slow (Dean and
 * Barroso, "The Tail at Scale", 2013). The first answer is taken and the other request abandoned.
 *
 * @param afterNanos how long the first member has
 */
public record HedgePolicy(long afterNanos) {

  /** What is to be done about a request that waits for its answer. */
  public enum Verdict {
    /** It may never be asked twice: it is not idempotent, or has a body. */
    NEVER,
    /** Not now: the first has time left. */
    WAIT,
    /** Ask another member too. */
    HEDGE,
    /** It is time, but too much is repeated already. */
    BUDGET_SPENT
  }

  /** Whether a request may be asked twice at all; a timer is worth setting only then. */
  public static boolean mayHedge(boolean idempotent, boolean hasBody) {
    return idempotent && !hasBody;
  }

  /**
   * Decides about a request that one member alone has been asked so far.
   *
   * @param answered whether any byte of an answer is there
   * @param waitedNanos since it was sent
   * @param budget pays for the second request, as for a retry
   */
  public Verdict after(
      boolean idempotent,
      boolean hasBody,
      boolean answered,
      long waitedNanos,
      RetryBudget budget,
      long now) {
    if (answered || !mayHedge(idempotent, hasBody)) {
      return Verdict.NEVER;
    }
    if (waitedNanos < afterNanos) {
      return Verdict.WAIT;
    }
    return budget.tryRetry(now) ? Verdict.HEDGE : Verdict.BUDGET_SPENT;
  }
}
