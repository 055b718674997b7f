package dev.terrace.net;

import dev.terrace.core.pool.Address;
import dev.terrace.net.ListeningSockets.Kind;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.UnixChannelOption;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;

/** One UDP address: a socket per event loop, the kernel spreading datagrams over them. */
public final class UdpListener implements AutoCloseable {

  private final List<Channel> channels = new ArrayList<>();
  private Address address;

  private UdpListener(Address address) {
    this.address = address;
  }

  /**
   * Opens the address.
   *
   * @param name the front's key under {@code listen}
   * @throws BindFailure if the address cannot be had
   */
  public static UdpListener open(
      EventLoops loops, String name, Address address, TcpListener.Setup setup) throws BindFailure {
    UdpListener listener = new UdpListener(address);
    List<FileDescriptor> inherited = loops.sockets().take(Kind.UDP, address);
    boolean shared = loops.transport().reusesPorts();
    if (inherited.isEmpty()) {
      requireFree(name, address);
    }
    List<EventLoop> all = loops.all();
    try {
      for (int i = 0; i < inherited.size(); i++) {
        int socket = inherited.get(i).intValue();
        Bootstrap adopting =
            bootstrap(all.get(i % all.size()), setup)
                .channelFactory(() -> new EpollDatagramChannel(socket));
        listener.opened(loops, name, adopting.register());
      }
      int wanted = shared ? all.size() : 1;
      for (int i = inherited.size(); i < wanted; i++) {
        Bootstrap binding =
            bootstrap(all.get(i), setup).channel(loops.transport().datagramChannel());
        if (shared) {
          binding.option(UnixChannelOption.SO_REUSEPORT, true);
        }
        Address at = listener.address;
        listener.opened(loops, name, binding.bind(new InetSocketAddress(at.host(), at.port())));
      }
    } catch (BindFailure e) {
      listener.close();
      throw e;
    }
    return listener;
  }

  private static Bootstrap bootstrap(EventLoop loop, TcpListener.Setup setup) {
    return new Bootstrap()
        .group(loop)
        .handler(
            new ChannelInitializer<Channel>() {
              @Override
              protected void initChannel(Channel channel) {
                setup.accept(channel);
              }
            });
  }

  private void opened(EventLoops loops, String name, ChannelFuture opening) throws BindFailure {
    opening.awaitUninterruptibly();
    if (!opening.isSuccess()) {
      throw new BindFailure(name, address, opening.cause());
    }
    Channel channel = opening.channel();
    channels.add(channel);
    loops.sockets().opened(Kind.UDP, channel);
    address = new Address(address.host(), ((InetSocketAddress) channel.localAddress()).getPort());
  }

  /** SO_REUSEPORT would let two processes share the port unnoticed: try once without it. */
  private static void requireFree(String name, Address address) throws BindFailure {
    try (DatagramSocket socket = new DatagramSocket(null)) {
      socket.bind(new InetSocketAddress(address.host(), address.port()));
    } catch (IOException e) {
      throw new BindFailure(name, address, e);
    }
  }

  /** The address, with the port that the system chose if 0 was asked for. */
  public Address address() {
    return address;
  }

  /** Closes the sockets. */
  @Override
  public void close() {
    channels.forEach(channel -> channel.close().awaitUninterruptibly());
  }
}
