package dev.terrace.http.observe;

import dev.terrace.core.signal.Counter;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A bounded queue that one thread of its own empties in batches. Offering never waits: what comes
 * while it is full is dropped and counted. The thread lets a batch gather for a moment, so that
 * event loops wake it once for many.
 */
public final class BatchQueue<T> implements AutoCloseable {

  /** Takes what was offered, in order, on the queue's own thread. */
  @FunctionalInterface
  public interface Sink<T> {
    /** May block; meanwhile the queue fills. */
    void take(List<T> batch);
  }

  private static final System.Logger LOG = System.getLogger(BatchQueue.class.getName());
  private static final Duration LAST_WORK = Duration.ofSeconds(3);

  private final int capacity;
  private final int batchMax;
  private final long gatherNanos;
  private final Sink<T> sink;
  private final Counter dropped;
  private final Thread thread;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition wake = lock.newCondition();
  private final ArrayDeque<T> items = new ArrayDeque<>();
  private boolean closed;

  /**
   * A queue whose thread runs already.
   *
   * @param gather how long a batch may gather after its first item
   */
  public BatchQueue(
      String name, int capacity, int batchMax, Duration gather, Sink<T> sink, Counter dropped) {
    this.capacity = capacity;
    this.batchMax = batchMax;
    this.gatherNanos = gather.toNanos();
    this.sink = sink;
    this.dropped = dropped;
    thread = Thread.ofPlatform().name(name).daemon().unstarted(this::run);
    thread.start();
  }

  /** Queues it if there is room. */
  public void offer(T item) {
    lock.lock();
    try {
      if (closed || items.size() >= capacity) {
        dropped.increment();
        return;
      }
      items.add(item);
      if (items.size() == 1 || items.size() == batchMax) {
        wake.signal();
      }
    } finally {
      lock.unlock();
    }
  }

  private void run() {
    List<T> batch = new ArrayList<>();
    while (next(batch)) {
      try {
        sink.take(batch);
      } catch (RuntimeException e) {
        LOG.log(System.Logger.Level.ERROR, thread.getName() + " lost " + batch.size(), e);
        dropped.add(batch.size());
      }
      batch.clear();
    }
  }

  /** Waits for a batch; false once there will be none any more. */
  private boolean next(List<T> batch) {
    lock.lock();
    try {
      while (items.isEmpty() && !closed) {
        wake.awaitUninterruptibly();
      }
      long left = gatherNanos;
      while (left > 0 && items.size() < batchMax && !closed) {
        left = wake.awaitNanos(left);
      }
      for (int i = 0; i < batchMax && !items.isEmpty(); i++) {
        batch.add(items.remove());
      }
      return !batch.isEmpty();
    } catch (InterruptedException e) {
      return false;
    } finally {
      lock.unlock();
    }
  }

  /** Takes no more, and waits a while until what was queued is dealt with. */
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      wake.signal();
    } finally {
      lock.unlock();
    }
    try {
      thread.join(TimeUnit.NANOSECONDS.toMillis(LAST_WORK.toNanos()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
