package dev.terrace.net;

import dev.terrace.core.pool.Address;
import io.netty.channel.Channel;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * How many connections all event loops together have to each member: for the limit, the metric and
 * the end of a drain.
 */
public final class ConnectionCounts {

  private static final class Count {
    final AtomicInteger open = new AtomicInteger();
    final AtomicInteger idle = new AtomicInteger();
    final Set<Channel> channels = ConcurrentHashMap.newKeySet();
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

  /** Takes note of a connection that {@link #tryOpen} has counted, until it is closed. */
  void track(Address member, Channel channel) {
    Count count = count(member);
    count.channels.add(channel);
    channel
        .closeFuture()
        .addListener(closed -> {
          count.channels.remove(channel);
          count.open.decrementAndGet();
        });
  }

  /** Closes all connections to the member, whoever uses them; may be called from anywhere. */
  public void cut(Address member) {
    Count count = counts.get(member);
    if (count != null) {
      count.channels.forEach(Channel::close);
    }
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
