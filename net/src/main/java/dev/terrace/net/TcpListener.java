package dev.terrace.net;

import dev.terrace.core.pool.Address;
import dev.terrace.core.signal.Counter;
import dev.terrace.core.signal.Metric;
import dev.terrace.core.signal.Signals;
import dev.terrace.net.ListeningSockets.Kind;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.ServerChannelRecvByteBufAllocator;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.UnixChannelOption;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * One TCP address that clients connect to: a listening socket per event loop (SO_REUSEPORT), so
 * that a connection is accepted by the loop that serves it. Holds the front's limit of connections
 * and ends them gracefully.
 */
public final class TcpListener implements AutoCloseable {

  /**
   * Clients that an event loop accepts before it turns to those it has. A turn of a busy loop takes
   * as long as its connections have work: a few for each turn would let those that wait starve
   * beside those that are served again and again.
   */
  private static final int ACCEPTED_AT_ONCE = 256;

  private final EventLoops loops;
  private final String name;
  private final List<Channel> servers = new ArrayList<>();
  private final Set<Channel> clients = ConcurrentHashMap.newKeySet();
  private final Listeners.ConnectionLimit limit;
  private final Counter accepted;
  private final Counter refused;
  private Address address;

  private TcpListener(
      EventLoops loops,
      String name,
      Address address,
      Listeners.ConnectionLimit limit,
      Signals signals) {
    this.loops = loops;
    this.name = name;
    this.address = address;
    this.limit = limit;
    this.accepted = signals.counter(Metric.CONNECTIONS_ACCEPTED, name);
    this.refused = signals.counter(Metric.CONNECTIONS_REFUSED, name);
  }

  /** Sets up one accepted connection; called on its event loop. */
  @FunctionalInterface
  public interface Setup {
    /** Adds the front's handlers to the pipeline. */
    void accept(Channel client);
  }

  /**
   * Opens the address.
   *
   * @param name the front's key under {@code listen}
   * @param limit connections beyond it are closed at once and counted
   * @throws BindFailure if the address cannot be had
   */
  static TcpListener open(
      EventLoops loops,
      String name,
      Address address,
      Listeners.ConnectionLimit limit,
      Signals signals,
      Setup setup)
      throws BindFailure {
    TcpListener listener = new TcpListener(loops, name, address, limit, signals);
    try {
      listener.bind(setup);
    } catch (BindFailure e) {
      listener.close();
      throw e;
    }
    return listener;
  }

  private void bind(Setup setup) throws BindFailure {
    List<FileDescriptor> inherited = loops.sockets().take(Kind.TCP, address);
    List<EventLoop> all = loops.all();
    for (int i = 0; i < inherited.size(); i++) {
      adopt(inherited.get(i), all.get(i % all.size()), setup);
    }
    if (!loops.transport().reusesPorts()) {
      bindOne(all.getFirst(), setup);
    } else if (inherited.size() < all.size()) {
      if (inherited.isEmpty()) {
        requireFree();
      }
      for (EventLoop loop : all.subList(inherited.size(), all.size())) {
        bindOne(loop, setup);
      }
    }
  }

  /** Goes on listening on a socket of the process before us. */
  private void adopt(FileDescriptor socket, EventLoop loop, Setup setup) throws BindFailure {
    ChannelFuture registered =
        bootstrap(loop, setup)
            .channelFactory(() -> new EpollServerSocketChannel(socket.intValue()))
            // Nothing may be accepted before the handler that takes it is in its place.
            .option(ChannelOption.AUTO_READ, false)
            .register()
            .awaitUninterruptibly();
    if (!registered.isSuccess()) {
      throw new BindFailure(name, address, registered.cause());
    }
    opened(registered.channel());
    loop.execute(() -> registered.channel().config().setAutoRead(true));
  }

  private void opened(Channel server) {
    servers.add(server);
    loops.sockets().opened(Kind.TCP, server);
  }

  /** SO_REUSEPORT would let two processes share the port unnoticed: try once without it. */
  private void requireFree() throws BindFailure {
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(address.host(), address.port()));
    } catch (IOException e) {
      throw new BindFailure(name, address, e);
    }
  }

  private void bindOne(EventLoop loop, Setup setup) throws BindFailure {
    ServerBootstrap bootstrap = bootstrap(loop, setup).channel(loops.transport().serverChannel());
    if (loops.transport().reusesPorts()) {
      bootstrap.option(UnixChannelOption.SO_REUSEPORT, true);
    }
    ChannelFuture bound =
        bootstrap
            .bind(new InetSocketAddress(address.host(), address.port()))
            .awaitUninterruptibly();
    if (!bound.isSuccess()) {
      throw new BindFailure(name, address, bound.cause());
    }
    opened(bound.channel());
    address =
        new Address(address.host(), ((InetSocketAddress) bound.channel().localAddress()).getPort());
  }

  private ServerBootstrap bootstrap(EventLoop loop, Setup setup) {
    return new ServerBootstrap()
        .group(loop, loops.transport().reusesPorts() ? loop : loops.group())
        .option(ChannelOption.SO_BACKLOG, loops.backlog())
        .option(ChannelOption.RECVBUF_ALLOCATOR, acceptor())
        .option(ChannelOption.SO_REUSEADDR, true)
        .childOption(ChannelOption.TCP_NODELAY, true)
        .childOption(ChannelOption.SO_KEEPALIVE, true)
        .childOption(ChannelOption.RECVBUF_ALLOCATOR, EventLoops.receiver())
        .childHandler(
            new ChannelInitializer<Channel>() {
              @Override
              protected void initChannel(Channel client) {
                admit(client, setup);
              }
            });
  }

  /** For a listening socket: accepts all who wait, up to a bound, and not one for each turn. */
  public static RecvByteBufAllocator acceptor() {
    return new ServerChannelRecvByteBufAllocator()
        // The number of bytes that were read says nothing of how many wait.
        .respectMaybeMoreData(false)
        .maxMessagesPerRead(ACCEPTED_AT_ONCE);
  }

  private void admit(Channel client, Setup setup) {
    if (!limit.tryEnter()) {
      refused.increment();
      client.close();
      return;
    }
    accepted.increment();
    clients.add(client);
    client
        .closeFuture()
        .addListener(closed -> {
          clients.remove(client);
          limit.leave();
        });
    setup.accept(client);
  }

  /** The address, with the port that the system chose if 0 was asked for. */
  public Address address() {
    return address;
  }

  /** Closes the listening sockets; connections stay. */
  public void stopAccepting() {
    servers.forEach(server -> server.close().awaitUninterruptibly());
  }

  /**
   * Stops accepting, tells every connection to {@link Drain}, and cuts what is left after {@code
   * deadline}. Completes when no connection is left.
   */
  public CompletableFuture<Void> drain(Duration deadline) {
    stopAccepting();
    clients.forEach(client ->
        client.eventLoop().execute(() -> client.pipeline().fireUserEventTriggered(Drain.EVENT)));
    CompletableFuture<?>[] closed =
        clients.stream()
            .map(client -> {
              CompletableFuture<Void> done = new CompletableFuture<>();
              client.closeFuture().addListener(f -> done.complete(null));
              return done;
            })
            .toArray(CompletableFuture<?>[]::new);
    CompletableFuture<Void> all = CompletableFuture.allOf(closed);
    loops.all().getFirst().schedule(this::cut, deadline.toMillis(), TimeUnit.MILLISECONDS);
    return all;
  }

  private void cut() {
    clients.forEach(Channel::close);
  }

  /** Closes listening sockets and connections at once. */
  @Override
  public void close() {
    stopAccepting();
    cut();
  }
}
