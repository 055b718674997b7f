package dev.terrace.net;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * One protocol's listeners with what answers on them. Its life: configure (at the start, and again
 * at each reload), drain, close.
 *
 * @param <C> the file
 */
public interface Front<C> extends AutoCloseable {

  /**
   * Serves by this file from now on: opens listeners that are new, drains those that are gone, and
   * swaps the routing for requests that come from now on. Connections stay open.
   *
   * @throws BindFailure if a listener cannot be opened; then nothing has changed
   */
  void configure(C file) throws BindFailure;

  /** Stops accepting, lets work in hand finish until the deadline, then cuts what is left. */
  CompletableFuture<Void> drain(Duration deadline);

  /** Ends everything at once. */
  @Override
  void close();
}
