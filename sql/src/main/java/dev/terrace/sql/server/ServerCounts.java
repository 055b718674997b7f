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

  /** Who waits on a loop is stuck if none of them is served for so long. */
  static final long STUCK_NANOS = 10_000_000;

  private static final class Count {
    final AtomicInteger open = new AtomicInteger();
    final AtomicInteger idle = new AtomicInteger();
    final AtomicIntegerArray byLoop;
    final AtomicIntegerArray waiting;

    final AtomicIntegerArray looking;

    /** When each loop opened its last one. */
    final AtomicLongArray openedNanos;

    /** When the last of those was served who wait on each loop, or the first of them came. */
    final AtomicLongArray servedNanos;

    Count(int loops) {
      byLoop = new AtomicIntegerArray(loops);
      waiting = new AtomicIntegerArray(loops);
      looking = new AtomicIntegerArray(loops);
      openedNanos = new AtomicLongArray(loops);
      servedNanos = new AtomicLongArray(loops);
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
    Count count = of(server);
    int now = count.waiting.addAndGet(loop, change);
    if (change < 0 || now == change) {
      count.servedNanos.set(loop, System.nanoTime());
    }
  }

  boolean waits(Address server, int loop) {
    return of(server).waiting.get(loop) > 0;
  }

  /** Whether that loop is to look later whether it waits still; once until it has looked. */
  boolean looksLater(Address server, int loop) {
    return of(server).looking.compareAndSet(loop, 0, 1);
  }

  /** It looks now; whether it waits still. */
  boolean looks(Address server, int loop) {
    of(server).looking.set(loop, 0);
    return waits(server, loop);
  }

  /**
   * Whether the loop should give a connection up to another that waits and has less. If the other
   * has less by one, it would soon give it back; so it gets it only if it is stuck while the loop
   * has no use for it, or has none at all, by turns if need be.
   */
  boolean owes(Address server, int loop, int max) {
    Count count = of(server);
    int own = count.byLoop.get(loop);
    if (own <= max / loops || count.open.get() < max) {
      return false;
    }
    long now = System.nanoTime();
    boolean wanted = count.waiting.get(loop) > 0;
    boolean turnIsOver = now - count.openedNanos.get(loop) > TURN_NANOS;
    for (int other = 0; other < loops; other++) {
      int theirs = count.byLoop.get(other);
      boolean stuck = now - count.servedNanos.get(other) > STUCK_NANOS;
      boolean gets =
          theirs + 1 < own
              || (theirs == 0 && (!wanted || turnIsOver))
              || (theirs < own && !wanted && stuck);
      if (gets && other != loop && count.waiting.get(other) > 0) {
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
