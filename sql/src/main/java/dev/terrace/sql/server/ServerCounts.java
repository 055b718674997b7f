package dev.terrace.sql.server;

import dev.terrace.core.pool.Address;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * How many connections each event loop has to each server. A loop may open as many as the limit
 * leaves; once others wait, one that has more than its share gives some up.
 */
final class ServerCounts {

  private static final class Count {
    final AtomicInteger open = new AtomicInteger();
    final AtomicInteger idle = new AtomicInteger();
    final AtomicIntegerArray byLoop;
    final AtomicIntegerArray waiting;

    Count(int loops) {
      byLoop = new AtomicIntegerArray(loops);
      waiting = new AtomicIntegerArray(loops);
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

  /** Whether the loop should give a connection up to another that waits and has less. */
  boolean owes(Address server, int loop, int max) {
    Count count = of(server);
    if (count.byLoop.get(loop) <= max / loops || count.open.get() < max) {
      return false;
    }
    for (int other = 0; other < loops; other++) {
      if (other != loop
          && count.waiting.get(other) > 0
          && count.byLoop.get(other) < count.byLoop.get(loop)) {
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
