package dev.terrace.net;

import dev.terrace.core.pool.Address;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.resolver.dns.DnsAddressResolverGroup;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The data plane's threads: one loop per core, each with its own listening sockets, connections and
 * pools. A request stays on the loop that accepted it; nothing may block there.
 */
public final class EventLoops implements AutoCloseable {

  /** That of loops which the file says nothing of. */
  private static final int BACKLOG = 4096;

  private static final int RECEIVED_MIN = 1 << 10;
  private static final int RECEIVED_FIRST = 2 << 10;
  private static final int RECEIVED_MAX = 64 << 10;

  private final Transport transport;
  private final int backlog;
  private final IoEventLoopGroup group;
  private final List<EventLoop> loops;
  private final DnsAddressResolverGroup names;
  private final ListeningSockets sockets = new ListeningSockets();

  private EventLoops(Transport transport, int count, int backlog, String threads) {
    this.transport = transport;
    this.backlog = backlog;
    this.group =
        new MultiThreadIoEventLoopGroup(
            count, new DefaultThreadFactory(threads, true), transport.handler());
    List<EventLoop> all = new ArrayList<>();
    for (EventExecutor executor : group) {
      all.add((EventLoop) executor);
    }
    this.loops = List.copyOf(all);
    // The system's resolver would block the loop.
    this.names =
        new DnsAddressResolverGroup(
            new DnsNameResolverBuilder().datagramChannelType(transport.datagramChannel()));
  }

  /** Starts {@code count} loops; 0 for one per core. */
  public static EventLoops start(Transport transport, int count) {
    return start(transport, count, BACKLOG);
  }

  /**
   * Starts {@code count} loops; 0 for one per core.
   *
   * @param backlog clients that the kernel lets wait for each loop of a listener; it takes no more
   *     than net.core.somaxconn
   */
  public static EventLoops start(Transport transport, int count, int backlog) {
    if (!transport.available()) {
      throw new IllegalArgumentException("this machine has no " + transport);
    }
    int loops = count == 0 ? Runtime.getRuntime().availableProcessors() : count;
    return new EventLoops(transport, loops, backlog, "terrace-loop");
  }

  /** Starts one loop for connections of the control plane, away from those that serve. */
  public static EventLoops single(String thread) {
    return new EventLoops(Transport.best(), 1, BACKLOG, thread);
  }

  /** How the loops serve sockets. */
  public Transport transport() {
    return transport;
  }

  /** Clients that the kernel lets wait for each loop of a listener. */
  int backlog() {
    return backlog;
  }

  /** All loops. */
  public List<EventLoop> all() {
    return loops;
  }

  /** The sockets that are listened on with these loops. */
  public ListeningSockets sockets() {
    return sockets;
  }

  /** All loops as the group that deals connections out to them in turn. */
  EventLoopGroup group() {
    return group;
  }

  /**
   * How much a connection reads at once: about as much as came before, but never so little that a
   * message somewhat longer than the last costs one more system call.
   */
  static RecvByteBufAllocator receiver() {
    return new AdaptiveRecvByteBufAllocator(RECEIVED_MIN, RECEIVED_FIRST, RECEIVED_MAX);
  }

  /** A bootstrap for TCP connections from that loop, which stay on it. */
  public Bootstrap client(EventLoop loop, Duration connectTimeout) {
    return new Bootstrap()
        .group(loop)
        .channel(transport.channel())
        .resolver(names)
        .option(ChannelOption.TCP_NODELAY, true)
        .option(ChannelOption.SO_KEEPALIVE, true)
        .option(ChannelOption.RECVBUF_ALLOCATOR, receiver())
        .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, Math.toIntExact(connectTimeout.toMillis()));
  }

  /** A member's address for a {@link #client} to connect to: its name is resolved off the loop. */
  public static SocketAddress unresolved(Address member) {
    return InetSocketAddress.createUnresolved(member.host(), member.port());
  }

  /** Stops all loops and waits until they have; open connections are cut. */
  @Override
  public void close() {
    names.close();
    group.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
  }
}
