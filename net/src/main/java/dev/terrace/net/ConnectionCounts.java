package dev.terrace.net;

import dev.terrace.core.pool.Address;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * How many connections all event loops together have to each member: for the limit and the metric.
 */
public final class ConnectionCounts {

  private static final class Count {
    final AtomicInteger open = new AtomicInteger();
    final AtomicInteger idle = new AtomicInteger();
  }

  private final Map<Address, Count> counts = new ConcurrentHashMap<>();

  /** Counts one more connection, unless there are {@code max} already. */
  boolean tryOpen(Address member, int max) {
    AtomicInteger open = count(member).open;
    if (open.incrementAndGet() > max) {
      open.decrementAndGet();
      return false;
    }
    return true;
  }

  void closed(Address member) {
    count(member).open.decrementAndGet();
  }

  void idle(Address member, int change) {
    count(member).idle.addAndGet(change);
  }

  /** Connections to the member, idle ones included. */
  public int open(Address member) {
    return count(member).open.get();
  }

  /** Connections to the member that nobody uses. */
  public int idle(Address member) {
    return count(member).idle.get();
  }

  private Count count(Address member) {
    return counts.computeIfAbsent(member, m -> new Count());
  }
}
