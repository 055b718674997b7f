package dev.terrace.net.health;

import java.time.Duration;
import java.util.concurrent.Semaphore;

/**
 * How many checks run at once, in two lanes. A member whose last check took more than half of its
 * timeout goes in the slow lane: however many members hang, they wait for each other, and the
 * checks of all others start when they are due.
 */
final class CheckLanes {

  private static final class Lane extends Semaphore {
    private static final long serialVersionUID = 1;
    private int size;

    Lane() {
      super(0, true);
    }

    synchronized void resize(int next) {
      if (next > size) {
        release(next - size);
      } else {
        reducePermits(size - next);
      }
      size = next;
    }

    synchronized int running() {
      return size - availablePermits();
    }
  }

  /** A check to be run in a lane. */
  interface Check<R> {
    R run() throws InterruptedException;
  }

  private final Lane prompt = new Lane();
  private final Lane slow = new Lane();

  CheckLanes(int checksMax) {
    resize(checksMax);
  }

  /** A quarter is for slow members. */
  void resize(int checksMax) {
    int slowest = Math.max(1, checksMax / 4);
    slow.resize(slowest);
    prompt.resize(Math.max(1, checksMax - slowest));
  }

  static boolean isSlow(long nanos, Duration timeout) {
    return nanos > timeout.toNanos() / 2;
  }

  <R> R run(boolean slowMember, Check<R> check) throws InterruptedException {
    Lane lane = slowMember ? slow : prompt;
    lane.acquire();
    try {
      return check.run();
    } finally {
      lane.release();
    }
  }

  int running() {
    return prompt.running() + slow.running();
  }

  int waiting() {
    return prompt.getQueueLength() + slow.getQueueLength();
  }
}
