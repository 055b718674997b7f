package dev.terrace.net;

import io.netty.channel.Channel;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringDatagramChannel;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringServerSocketChannel;
import io.netty.channel.uring.IoUringSocketChannel;

/** How sockets are served: which interface of the kernel, and Netty's classes for it. */
public enum Transport {
  IO_URING,
  EPOLL,
  NIO;

  private static final int TCP_ESTABLISHED = 1;

  /** The one to use where nothing else is asked for: epoll where the kernel has it, else NIO. */
  public static Transport best() {
    return EPOLL.available() ? EPOLL : NIO;
  }

  /** Whether this machine can do it. */
  public boolean available() {
    return switch (this) {
      case IO_URING -> IoUring.isAvailable();
      case EPOLL -> Epoll.isAvailable();
      case NIO -> true;
    };
  }

  /** Whether several sockets may listen on one port, the kernel spreading connections over them. */
  boolean reusesPorts() {
    return this != NIO;
  }

  /**
   * Whether the kernel has taken in the other side's end of the connection, though the event loop
   * may not have seen it yet. Only epoll tells; elsewhere the answer is no.
   */
  static boolean peerHasClosed(Channel channel) {
    return channel instanceof EpollSocketChannel socket
        && socket.tcpInfo().state() != TCP_ESTABLISHED;
  }

  /** Whether listening sockets can go from one process to another. */
  public boolean handsOverSockets() {
    return this == EPOLL;
  }

  IoHandlerFactory handler() {
    return switch (this) {
      case IO_URING -> IoUringIoHandler.newFactory();
      case EPOLL -> EpollIoHandler.newFactory();
      case NIO -> NioIoHandler.newFactory();
    };
  }

  Class<? extends ServerChannel> serverChannel() {
    return switch (this) {
      case IO_URING -> IoUringServerSocketChannel.class;
      case EPOLL -> EpollServerSocketChannel.class;
      case NIO -> NioServerSocketChannel.class;
    };
  }

  Class<? extends Channel> channel() {
    return switch (this) {
      case IO_URING -> IoUringSocketChannel.class;
      case EPOLL -> EpollSocketChannel.class;
      case NIO -> NioSocketChannel.class;
    };
  }

  Class<? extends DatagramChannel> datagramChannel() {
    return switch (this) {
      case IO_URING -> IoUringDatagramChannel.class;
      case EPOLL -> EpollDatagramChannel.class;
      case NIO -> NioDatagramChannel.class;
    };
  }
}
