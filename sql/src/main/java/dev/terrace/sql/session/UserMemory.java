package dev.terrace.sql.session;

import java.util.concurrent.atomic.AtomicLong;

/** How much Terrace keeps for all sessions of one user; many threads may ask at once. */
final class UserMemory {

  private final AtomicLong bytes = new AtomicLong();

  /** Takes some more, if no more than that is kept then. */
  boolean tryTake(long more, long bytesMax) {
    if (bytes.addAndGet(more) <= bytesMax) {
      return true;
    }
    bytes.addAndGet(-more);
    return false;
  }

  void give(long less) {
    bytes.addAndGet(-less);
  }

  /** How much is kept. */
  long bytes() {
    return bytes.get();
  }
}
