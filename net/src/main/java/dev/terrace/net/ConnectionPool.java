package dev.terrace.net;

import dev.terrace.core.pool.Address;
import dev.terrace.net.MemberLinks.Link;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelId;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.util.AttributeKey;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One event loop's connections to members. What is idle is given out again, latest first, so that
 * few connections stay warm and the rest time out. All methods are called on the loop.
 *
 * <p>The pool does not know the protocol: whoever releases a connection vouches that the next user
 * finds it clean, and its handlers must close it when the member sends something while it is idle.
 *
 * <p>Where members are told of clients by a PROXY header, a connection is for one client: it is
 * given out again for that client alone, and ends with it.
 */
public final class ConnectionPool {

  /**
   * Limits of the connections to one pool's members.
   *
   * @param proxy whether and how members are told of clients
   */
  public record Settings(
      Duration connectTimeout, Duration idleTimeout, int maxPerMember, ProxyVersion proxy) {

    /** Members are not told of clients. */
    public Settings(Duration connectTimeout, Duration idleTimeout, int maxPerMember) {
      this(connectTimeout, idleTimeout, maxPerMember, ProxyVersion.NONE);
    }
  }

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

  private static final AttributeKey<Link> LINK = AttributeKey.valueOf(ConnectionPool.class, "link");
  private static final AttributeKey<Address> MEMBER =
      AttributeKey.valueOf(ConnectionPool.class, "member");
  private static final AttributeKey<Future<?>> READY =
      AttributeKey.valueOf(ConnectionPool.class, "ready");

  private final EventLoops loops;
  private final EventLoop loop;
  private final Settings settings;
  private final ConnectionCounts counts;
  private final Setup setup;
  private final Map<Address, MemberLinks> shared = new HashMap<>();
  private final Map<ChannelId, Map<Address, MemberLinks>> ofClients = new HashMap<>();
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

  /** The member that a pool's connection leads to; known from its setup on. */
  public static Address memberOf(Channel channel) {
    return Objects.requireNonNull(channel.attr(MEMBER).get(), "not a pool's connection");
  }

  /** For a setup: the connection is not given out before this has succeeded. */
  public static void readyWhen(Channel channel, Future<?> ready) {
    channel.attr(READY).set(ready);
  }

  /** Hands over an idle connection to the member that will do, or connects; for no client. */
  public void acquire(Address member, Reuse reuse, Acquired acquired) {
    acquire(member, null, reuse, acquired);
  }

  /**
   * Hands over an idle connection to the member that will do, or connects.
   *
   * @param client whom it is for, a connection that this loop serves; null if for nobody. It makes
   *     a difference only where members are told of clients.
   */
  public void acquire(Address member, @Nullable Channel client, Reuse reuse, Acquired acquired) {
    Channel told = settings.proxy() == ProxyVersion.NONE ? null : client;
    MemberLinks links =
        (told == null ? shared : linksOf(told)).computeIfAbsent(member, MemberLinks::new);
    if (reuse != Reuse.NONE) {
      Channel idle = takeIdle(links, reuse == Reuse.RECENT);
      if (idle != null) {
        acquired.connected(idle, true);
        return;
      }
    }
    if (mayOpen(member)) {
      connect(links, told, acquired);
      return;
    }
    Channel any = reuse == Reuse.NONE ? null : takeIdle(links, false);
    if (any == null) {
      acquired.failed(ConnectFailure.LIMIT, settings.maxPerMember() + " connections are in use");
    } else {
      acquired.connected(any, true);
    }
  }

  private Map<Address, MemberLinks> linksOf(Channel client) {
    Map<Address, MemberLinks> known = ofClients.get(client.id());
    if (known != null) {
      return known;
    }
    Map<Address, MemberLinks> links = new HashMap<>();
    ofClients.put(client.id(), links);
    client.closeFuture().addListener(gone -> loop.execute(() -> forget(client.id())));
    return links;
  }

  private void forget(ChannelId client) {
    Map<Address, MemberLinks> links = ofClients.remove(client);
    if (links != null) {
      links.values().forEach(this::end);
    }
  }

  /** Connections that wait for a client of their own do not keep others out. */
  private boolean mayOpen(Address member) {
    if (counts.tryOpen(member, settings.maxPerMember())) {
      return true;
    }
    for (Map<Address, MemberLinks> ofClient : ofClients.values()) {
      MemberLinks links = ofClient.get(member);
      if (links != null && !links.ready.isEmpty()) {
        closeOldest(links);
        return counts.tryOpen(member, settings.maxPerMember());
      }
    }
    return false;
  }

  private @Nullable Channel takeIdle(MemberLinks links, boolean recent) {
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

  private void connect(MemberLinks links, @Nullable Channel client, Acquired acquired) {
    ChannelFuture connecting =
        loops
            .client(loop, settings.connectTimeout())
            .attr(MEMBER, links.member)
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
    counts.track(links.member, channel);
    channel.closeFuture().addListener(c -> over(link));
    connecting.addListener(done -> {
      if (done.isSuccess()) {
        // Here and not when the channel becomes active: handlers are told that later.
        settings.proxy().begin(channel, client);
      }
      Future<?> ready = channel.attr(READY).getAndSet(null);
      if (done.isSuccess() && ready != null) {
        ready.addListener(shaken -> opened(channel, shaken, acquired));
      } else {
        opened(channel, done, acquired);
      }
    });
  }

  private static void opened(Channel channel, Future<?> outcome, Acquired acquired) {
    if (outcome.isSuccess()) {
      acquired.connected(channel, false);
    } else {
      channel.close();
      acquired.failed(ConnectFailure.UNREACHABLE, describe(outcome.cause()));
    }
  }

  private void over(Link link) {
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
    if (closed || !channel.isActive() || link == null || link.links.ended) {
      channel.close();
      return;
    }
    counts.idle(link.links.member, 1);
    link.idle = true;
    link.idleSince = System.nanoTime();
    link.links.ready.addFirst(link);
  }

  /** Closes idle connections to members that are no longer wanted, now and as they are released. */
  public void retain(Predicate<Address> wanted) {
    retain(shared, wanted);
    ofClients.values().forEach(links -> retain(links, wanted));
  }

  private void retain(Map<Address, MemberLinks> links, Predicate<Address> wanted) {
    links
        .values()
        .removeIf(ofMember -> {
          boolean gone = !wanted.test(ofMember.member);
          if (gone) {
            end(ofMember);
          }
          return gone;
        });
  }

  private void closeIdle(MemberLinks links) {
    while (!links.ready.isEmpty()) {
      closeOldest(links);
    }
  }

  /** Nobody may use these any more, nor those that are in use now. */
  private void end(MemberLinks links) {
    links.ended = true;
    closeIdle(links);
  }

  /** Closes one idle connection to any member, if there is one: another loop may then connect. */
  public void yieldIdle() {
    if (yieldIdle(shared)) {
      return;
    }
    for (Map<Address, MemberLinks> links : ofClients.values()) {
      if (yieldIdle(links)) {
        return;
      }
    }
  }

  private boolean yieldIdle(Map<Address, MemberLinks> from) {
    for (MemberLinks links : from.values()) {
      if (!links.ready.isEmpty()) {
        closeOldest(links);
        return true;
      }
    }
    return false;
  }

  /** Closes all idle connections, now and as they are released. */
  public void close() {
    closed = true;
    retain(member -> false);
  }

  private void closeOldest(MemberLinks links) {
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
    closeStale(shared);
    ofClients.values().forEach(this::closeStale);
    scheduleSweep();
  }

  private void closeStale(Map<Address, MemberLinks> all) {
    long now = System.nanoTime();
    long longest = settings.idleTimeout().toNanos();
    for (MemberLinks links : all.values()) {
      while (!links.ready.isEmpty()) {
        Link oldest = links.ready.getLast();
        if (oldest.channel.isActive() && now - oldest.idleSince <= longest) {
          break;
        }
        closeOldest(links);
      }
    }
  }
}
