package dev.terrace.net;

import dev.terrace.core.pool.Address;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
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
    boolean shared = loops.transport().reusesPorts();
    requireFree(name, address);
    for (EventLoop loop : shared ? loops.all() : loops.all().subList(0, 1)) {
      Bootstrap bootstrap =
          new Bootstrap()
              .group(loop)
              .channel(loops.transport().datagramChannel())
              .handler(
                  new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                      setup.accept(channel);
                    }
                  });
      if (shared) {
        bootstrap.option(UnixChannelOption.SO_REUSEPORT, true);
      }
      Address wanted = listener.address;
      ChannelFuture bound =
          bootstrap
              .bind(new InetSocketAddress(wanted.host(), wanted.port()))
              .awaitUninterruptibly();
      if (!bound.isSuccess()) {
        listener.close();
        throw new BindFailure(name, wanted, bound.cause());
      }
      listener.channels.add(bound.channel());
      int port = ((InetSocketAddress) bound.channel().localAddress()).getPort();
      listener.address = new Address(wanted.host(), port);
    }
    return listener;
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
