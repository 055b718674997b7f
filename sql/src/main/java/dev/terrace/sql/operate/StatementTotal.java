package dev.terrace.sql.operate;

/**
 * How often statements of one fingerprint have run, and for how long.
 *
 * @param text with a question mark in place of each constant
 * @param rows returned or changed
 * @param nanos from the statement to the end of its answer, waiting included
 * @param waitNanos how much of that went by until there was a server
 */
public record StatementTotal(
    long id,
    String text,
    long calls,
    long errors,
    long rows,
    long nanos,
    long maxNanos,
    long waitNanos) {

  /** Both together. */
  StatementTotal and(StatementTotal other) {
    return new StatementTotal(
        id,
        text,
        calls + other.calls,
        errors + other.errors,
        rows + other.rows,
        nanos + other.nanos,
        Math.max(maxNanos, other.maxNanos),
        waitNanos + other.waitNanos);
  }
}
