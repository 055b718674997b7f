package dev.terrace.sql.server;

import dev.terrace.core.pool.Address;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * How many connections each event loop has to each server. A loop may open as many as the limit
 * leaves; once others wait, one that has more than its share gives some up.
 */
final class ServerCounts {

  /** How long a loop may keep what it has opened while others have none. */
  private static final long TURN_NANOS = 100_000_000;

  private static final class Count {
    final AtomicInteger open = new AtomicInteger();
    final AtomicInteger idle = new AtomicInteger();
    final AtomicIntegerArray byLoop;
    final AtomicIntegerArray waiting;

    /** When each loop opened its last one. */
    final AtomicLongArray openedNanos;

    Count(int loops) {
      byLoop = new AtomicIntegerArray(loops);
      waiting = new AtomicIntegerArray(loops);
      openedNanos = new AtomicLongArray(loops);
    }
  }

  private final int loops;
  private final Map<Address, Count> counts = new ConcurrentHashMap<>();

  ServerCounts(int loops) {
    this.loops = loops;
  }

  private Count of(Address server) {
    Count known = counts.get(server);
    return known == null ? counts.computeIfAbsent(server, s -> new Count(loops)) : known;
  }

  boolean tryOpen(Address server, int loop, int max) {
    Count count = of(server);
    if (count.open.incrementAndGet() > max) {
      count.open.decrementAndGet();
      return false;
    }
    count.byLoop.incrementAndGet(loop);
    count.openedNanos.set(loop, System.nanoTime());
    return true;
  }

  void closed(Address server, int loop) {
    Count count = of(server);
    count.byLoop.decrementAndGet(loop);
    count.open.decrementAndGet();
  }

  void waiting(Address server, int loop, int change) {
    of(server).waiting.addAndGet(loop, change);
  }

  boolean waits(Address server, int loop) {
    return of(server).waiting.get(loop) > 0;
  }

  /**
   * Whether the loop should give a connection up to another that waits and has less. While it has
   * waiters of its own, the other must have less by two, or they would pass one back and forth; but
   * one that has none at all gets its turn.
   */
  boolean owes(Address server, int loop, int max) {
    Count count = of(server);
    int own = count.byLoop.get(loop);
    if (own <= max / loops || count.open.get() < max) {
      return false;
    }
    boolean wanted = count.waiting.get(loop) > 0;
    boolean turnIsOver = System.nanoTime() - count.openedNanos.get(loop) > TURN_NANOS;
    for (int other = 0; other < loops; other++) {
      int theirs = count.byLoop.get(other);
      boolean less = wanted ? theirs + 1 < own || (theirs == 0 && turnIsOver) : theirs < own;
      if (other != loop && less && count.waiting.get(other) > 0) {
        return true;
      }
    }
    return false;
  }

  void idle(Address server, int change) {
    of(server).idle.addAndGet(change);
  }

  int openCount(Address server) {
    return of(server).open.get();
  }

  int waitingCount(Address server) {
    Count count = of(server);
    int sum = 0;
    for (int loop = 0; loop < loops; loop++) {
      sum += count.waiting.get(loop);
    }
    return sum;
  }

  int idleCount(Address server) {
    return of(server).idle.get();
  }
}
