package dev.terrace.net;

import dev.terrace.core.pool.Address;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.util.AttributeKey;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * One event loop's connections to members. What is idle is given out again, latest first, so that
 * few connections stay warm and the rest time out. All methods are called on the loop.
 *
 * <p>The pool does not know the protocol: whoever releases a connection vouches that the next user
 * finds it clean, and its handlers must close it when the member sends something while it is idle.
 */
public final class ConnectionPool {

  /** Limits of the connections to one pool's members. */
  public record Settings(Duration connectTimeout, Duration idleTimeout, int maxPerMember) {}

  /** Takes the outcome of {@link #acquire}; called on the loop, perhaps before acquire returns. */
  public interface Acquired {
    /**
     * Here is the connection; the caller must release or close it.
     *
     * @param reused whether it has served before: then the member may just be closing it
     */
    void connected(Channel channel, boolean reused);

    /** There is none. */
    void failed(ConnectFailure failure, String detail);
  }

  /** Adds the protocol's handlers to a new connection. */
  @FunctionalInterface
  public interface Setup {
    /** Called once for each connection, before it connects. */
    void accept(Channel channel);
  }

  private record Idle(Channel channel, long sinceNanos) {}

  private static final AttributeKey<Address> MEMBER =
      AttributeKey.valueOf(ConnectionPool.class, "member");

  private final EventLoops loops;
  private final EventLoop loop;
  private final Settings settings;
  private final ConnectionCounts counts;
  private final Setup setup;
  private final Map<Address, Deque<Idle>> idle = new HashMap<>();
  private boolean closed;

  /**
   * A pool without connections.
   *
   * @param counts the connections of all loops to the same members
   */
  public ConnectionPool(
      EventLoops loops, EventLoop loop, Settings settings, ConnectionCounts counts, Setup setup) {
    this.loops = loops;
    this.loop = loop;
    this.settings = settings;
    this.counts = counts;
    this.setup = setup;
    scheduleSweep();
  }

  /** Hands over an idle connection to the member, or connects. */
  public void acquire(Address member, Acquired acquired) {
    Deque<Idle> ready = idle.get(member);
    while (ready != null && !ready.isEmpty()) {
      Channel channel = ready.pop().channel();
      counts.idle(member, -1);
      if (channel.isActive()) {
        acquired.connected(channel, true);
        return;
      }
    }
    acquireNew(member, acquired);
  }

  /** Connects even if there are idle connections: one of them has just turned out to be dead. */
  public void acquireNew(Address member, Acquired acquired) {
    if (!counts.tryOpen(member, settings.maxPerMember())) {
      acquired.failed(ConnectFailure.LIMIT, settings.maxPerMember() + " connections are in use");
      return;
    }
    connect(member, acquired);
  }

  private void connect(Address member, Acquired acquired) {
    ChannelFuture connecting =
        loops
            .client(loop, settings.connectTimeout())
            .handler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    setup.accept(channel);
                  }
                })
            .connect(EventLoops.unresolved(member));
    Channel channel = connecting.channel();
    channel.attr(MEMBER).set(member);
    channel.closeFuture().addListener(c -> counts.closed(member));
    connecting.addListener(done -> {
      if (done.isSuccess()) {
        acquired.connected(channel, false);
      } else {
        acquired.failed(ConnectFailure.UNREACHABLE, describe(done.cause()));
      }
    });
  }

  private static String describe(Throwable cause) {
    String message = cause.getMessage();
    return message == null ? cause.getClass().getSimpleName() : message;
  }

  /** Takes a clean connection back for the next user. */
  public void release(Channel channel) {
    Address member = channel.attr(MEMBER).get();
    if (closed || !channel.isActive() || member == null) {
      channel.close();
      return;
    }
    counts.idle(member, 1);
    idle.computeIfAbsent(member, m -> new ArrayDeque<>())
        .push(new Idle(channel, System.nanoTime()));
  }

  /** Closes the idle connections to members that are no longer wanted. */
  public void retain(Predicate<Address> wanted) {
    idle.forEach((member, ready) -> {
      if (!wanted.test(member)) {
        drop(member, ready);
      }
    });
    idle.values().removeIf(Deque::isEmpty);
  }

  /** Closes all idle connections, now and as they are released. */
  public void close() {
    closed = true;
    retain(member -> false);
  }

  private void drop(Address member, Deque<Idle> ready) {
    while (!ready.isEmpty()) {
      counts.idle(member, -1);
      ready.pop().channel().close();
    }
  }

  private void scheduleSweep() {
    long every = Math.max(100, settings.idleTimeout().toMillis() / 4);
    loop.schedule(this::sweep, every, TimeUnit.MILLISECONDS);
  }

  private void sweep() {
    if (closed) {
      return;
    }
    long now = System.nanoTime();
    idle.forEach((member, ready) -> {
      for (Iterator<Idle> oldest = ready.descendingIterator(); oldest.hasNext(); ) {
        Idle candidate = oldest.next();
        boolean stale = now - candidate.sinceNanos() > settings.idleTimeout().toNanos();
        if (candidate.channel().isActive() && !stale) {
          break;
        }
        oldest.remove();
        counts.idle(member, -1);
        candidate.channel().close();
      }
    });
    scheduleSweep();
  }
}
