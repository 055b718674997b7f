package dev.terrace.engine.link;

import java.io.Closeable;
import java.io.IOException;

/** One connection to a server, which one call at a time uses. */
public interface Link extends Closeable {

  /**
   * Asks the server whether it still answers; blocks.
   *
   * @throws IOException if it does not
   */
  void check() throws IOException;

  /** Whether all that was asked has been answered, so that the next call may use it. */
  boolean inStep();

  /** Closes it at once, from any thread: whoever reads or writes then fails. */
  @Override
  void close();
}
