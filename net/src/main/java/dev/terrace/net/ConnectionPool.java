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
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

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

  /** Which idle connections will do. */
  public enum Reuse {
    /** Any: should the member just be closing it, the work can be done anew. */
    ANY,
    /**
     * One that was in use a moment ago and that the member has not closed as far as the kernel
     * knows: the work cannot be done anew. Where a member was seen to close idle connections early,
     * a moment is at most half of the time that it kept them.
     */
    RECENT,
    /** None: one of them has just turned out to be dead. */
    NONE
  }

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

  /** How old an idle connection may be for {@link Reuse#RECENT}. */
  private static final long RECENT_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** How long it is remembered that a member closes idle connections early. */
  private static final long REMEMBERED_NANOS = TimeUnit.MINUTES.toNanos(1);

  private static final AttributeKey<Link> LINK = AttributeKey.valueOf(ConnectionPool.class, "link");

  /** One connection; {@code idleSince} has a meaning while it is idle. */
  private static final class Link {
    final Channel channel;
    final Links links;
    boolean idle;
    long idleSince;

    Link(Channel channel, Links links) {
      this.channel = channel;
      this.links = links;
    }
  }

  /** The idle connections to one member, latest first, and how soon it closes them. */
  private static final class Links {
    final Address member;
    final Deque<Link> ready = new ArrayDeque<>();
    long closesAfterNanos = Long.MAX_VALUE;
    long learnedAt;

    Links(Address member) {
      this.member = member;
    }

    /** The member closed a connection that had been idle for so long. */
    void learn(long now, long idleNanos) {
      if (now - learnedAt > REMEMBERED_NANOS || idleNanos <= closesAfterNanos) {
        closesAfterNanos = idleNanos;
        learnedAt = now;
      }
    }

    long recentNanos(long now) {
      boolean known = closesAfterNanos != Long.MAX_VALUE && now - learnedAt <= REMEMBERED_NANOS;
      return known ? Math.min(RECENT_NANOS, closesAfterNanos / 2) : RECENT_NANOS;
    }
  }

  private final EventLoops loops;
  private final EventLoop loop;
  private final Settings settings;
  private final ConnectionCounts counts;
  private final Setup setup;
  private final Map<Address, Links> members = new HashMap<>();
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

  /** Hands over an idle connection to the member that will do, or connects. */
  public void acquire(Address member, Reuse reuse, Acquired acquired) {
    Links links = members.get(member);
    if (links != null && reuse != Reuse.NONE) {
      Channel idle = takeIdle(links, reuse == Reuse.RECENT);
      if (idle != null) {
        acquired.connected(idle, true);
        return;
      }
    }
    if (counts.tryOpen(member, settings.maxPerMember())) {
      connect(links == null ? links(member) : links, acquired);
      return;
    }
    Channel any = links == null || reuse == Reuse.NONE ? null : takeIdle(links, false);
    if (any == null) {
      acquired.failed(ConnectFailure.LIMIT, settings.maxPerMember() + " connections are in use");
    } else {
      acquired.connected(any, true);
    }
  }

  private Links links(Address member) {
    return members.computeIfAbsent(member, Links::new);
  }

  private @Nullable Channel takeIdle(Links links, boolean recent) {
    while (!links.ready.isEmpty()) {
      Link latest = links.ready.getFirst();
      if (recent) {
        long now = System.nanoTime();
        if (now - latest.idleSince > links.recentNanos(now)) {
          return null;
        }
      }
      links.ready.removeFirst();
      counts.idle(links.member, -1);
      boolean usable = latest.channel.isActive();
      if (usable) {
        latest.idle = false;
        if (!recent || !Transport.peerHasClosed(latest.channel)) {
          return latest.channel;
        }
        latest.channel.close();
      }
    }
    return null;
  }

  private void connect(Links links, Acquired acquired) {
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
            .connect(EventLoops.unresolved(links.member));
    Channel channel = connecting.channel();
    Link link = new Link(channel, links);
    channel.attr(LINK).set(link);
    channel.closeFuture().addListener(c -> over(link));
    connecting.addListener(done -> {
      if (done.isSuccess()) {
        acquired.connected(channel, false);
      } else {
        acquired.failed(ConnectFailure.UNREACHABLE, describe(done.cause()));
      }
    });
  }

  private void over(Link link) {
    counts.closed(link.links.member);
    if (link.idle) {
      long now = System.nanoTime();
      link.links.learn(now, now - link.idleSince);
    }
  }

  private static String describe(Throwable cause) {
    String message = cause.getMessage();
    return message == null ? cause.getClass().getSimpleName() : message;
  }

  /** Takes a clean connection back for the next user. */
  public void release(Channel channel) {
    Link link = channel.attr(LINK).get();
    if (closed || !channel.isActive() || link == null) {
      channel.close();
      return;
    }
    counts.idle(link.links.member, 1);
    link.idle = true;
    link.idleSince = System.nanoTime();
    link.links.ready.addFirst(link);
  }

  /** Closes the idle connections to members that are no longer wanted. */
  public void retain(Predicate<Address> wanted) {
    members
        .values()
        .removeIf(links -> {
          boolean gone = !wanted.test(links.member);
          while (gone && !links.ready.isEmpty()) {
            closeOldest(links);
          }
          return gone;
        });
  }

  /** Closes one idle connection to any member, if there is one: another loop may then connect. */
  public void yieldIdle() {
    for (Links links : members.values()) {
      if (!links.ready.isEmpty()) {
        closeOldest(links);
        return;
      }
    }
  }

  /** Closes all idle connections, now and as they are released. */
  public void close() {
    closed = true;
    retain(member -> false);
  }

  private void closeOldest(Links links) {
    Link oldest = links.ready.removeLast();
    counts.idle(links.member, -1);
    oldest.idle = false;
    oldest.channel.close();
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
    long longest = settings.idleTimeout().toNanos();
    for (Links links : members.values()) {
      while (!links.ready.isEmpty()) {
        Link oldest = links.ready.getLast();
        if (oldest.channel.isActive() && now - oldest.idleSince <= longest) {
          break;
        }
        closeOldest(links);
      }
    }
    scheduleSweep();
  }
}
