package dev.terrace.sql.operate;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * Holds statements back from a store until it is resumed. Those wait, for as long as {@code
 * sql.pause-wait}, and are not lost; transactions that have begun on it go on to their end.
 */
public interface Pause extends AutoCloseable {

  /** What is held back. */
  PauseScope scope();

  /**
   * Completes when no transaction that it would hold back runs on the store any more, or the time
   * has passed.
   *
   * <p>A client that vanishes in the midst takes its server connection with it, and the server may
   * be at its last statement for a moment longer: who must be sure that nothing writes any more
   * also looks at {@code pg_stat_activity}.
   *
   * @return how many sessions still run some: 0 if it is drained
   */
  CompletableFuture<Integer> drained(Duration patience);

  /** Lets what waits go on. */
  void resume();

  @Override
  default void close() {
    resume();
  }
}
