package dev.terrace.sql.cache;

import org.jspecify.annotations.Nullable;

/** What one is to do whose request has no result that is kept. */
public sealed interface Turn {

  /**
   * Ask.
   *
   * @param recording what makes a copy of the answer; null if it cannot be kept
   */
  record Asks(@Nullable Recording recording) implements Turn {}

  /** Wait for what another has asked already. */
  record Waits() implements Turn {}
}
