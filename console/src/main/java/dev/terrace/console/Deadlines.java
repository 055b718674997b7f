package dev.terrace.console;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Ends reads and writes that a client holds up. A blocking channel has no time-out, but it closes
 * when its thread is interrupted, and every exchange has a thread of its own.
 */
final class Deadlines {

  /** Reading or writing that may block. */
  interface Transfer {
    void run() throws IOException;
  }

  private final Map<Thread, Long> pending = new ConcurrentHashMap<>();

  /**
   * Runs the transfer, and cuts it off when it is not done in that time.
   *
   * @throws IOException if it failed or was cut off
   */
  void within(Duration limit, Transfer transfer) throws IOException {
    Thread thread = Thread.currentThread();
    pending.put(thread, System.nanoTime() + limit.toNanos());
    try {
      transfer.run();
    } finally {
      pending.remove(thread);
    }
  }

  /** Cuts off what is over its time; to be called now and then. */
  void enforce() {
    long now = System.nanoTime();
    pending.forEach((thread, deadline) -> {
      if (now - deadline > 0 && pending.remove(thread, deadline)) {
        thread.interrupt();
      }
    });
  }
}
