package dev.terrace.sql.twophase;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * Keeps commits over several shards and the starts of reads over several shards apart, so that a
 * read sees such a transaction on all shards or on none. Many of one side may be inside at a time;
 * who comes from the other side waits for them to leave, and after that nobody overtakes.
 */
public final class SnapshotGate {

  /** What enters. */
  public enum Side {
    /** From the first COMMIT of a transaction over several shards to the last. */
    COMMIT,
    /** From the sending of a read to several shards until all have begun to answer. */
    READ
  }

  private static final long USED_FOR_NANOS = TimeUnit.SECONDS.toNanos(10);

  private record Waiter(Side side, Executor on, Runnable then) {}

  private final Deque<Waiter> waiting = new ArrayDeque<>();
  private Side current = Side.READ;
  private int inside;
  private volatile boolean everUsed;
  private volatile long usedAtNanos;

  /** Whether there was a commit of late, so that a read has to take care. */
  public boolean isUsed() {
    return everUsed && System.nanoTime() - usedAtNanos < USED_FOR_NANOS;
  }

  /** A commit is coming: from now on reads take care. */
  public void expectCommit() {
    usedAtNanos = System.nanoTime();
    everUsed = true;
  }

  /**
   * Goes on once it may: at once, or later on an executor. Each entering is followed by one {@link
   * #leave}.
   */
  public void enter(Side side, Executor on, Runnable then) {
    synchronized (this) {
      boolean free = inside == 0 || (current == side && waiting.isEmpty());
      if (!free) {
        waiting.add(new Waiter(side, on, then));
        return;
      }
      current = side;
      inside++;
    }
    then.run();
  }

  /** Leaves. */
  public void leave() {
    synchronized (this) {
      inside--;
      if (inside > 0) {
        return;
      }
      Waiter first = waiting.peek();
      while (first != null && (inside == 0 || first.side() == current)) {
        waiting.remove();
        current = first.side();
        inside++;
        first.on().execute(first.then());
        first = waiting.peek();
      }
    }
  }
}
