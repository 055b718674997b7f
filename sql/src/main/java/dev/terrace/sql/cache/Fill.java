package dev.terrace.sql.cache;

import java.util.ArrayList;
import java.util.List;

/**
 * A result on its way, which others who ask for the same may wait for. For use by all event loops.
 *
 * <p>Who waits looks for what is kept once more when the wait is over, so what it is given is as
 * true as what is found without a wait; nobody begins to wait for what was written to since.
 */
final class Fill {

  private final Versions.Seen seen;
  private final List<Runnable> waiting = new ArrayList<>();
  private boolean over;

  /**
   * A result on its way.
   *
   * @param seen what was noted before it was asked for
   */
  Fill(Versions.Seen seen) {
    this.seen = seen;
  }

  /** Whether it is worth waiting for. */
  synchronized boolean isAwaitable() {
    return !over && seen.isCurrent();
  }

  /** Waits for it, if it is worth that: is told, on any thread, when it is kept or will not be. */
  synchronized boolean join(Runnable then) {
    return isAwaitable() && waiting.add(then);
  }

  /** Nobody is to wait for it any more. */
  void end() {
    List<Runnable> all;
    synchronized (this) {
      over = true;
      all = List.copyOf(waiting);
      waiting.clear();
    }
    all.forEach(Runnable::run);
  }
}
