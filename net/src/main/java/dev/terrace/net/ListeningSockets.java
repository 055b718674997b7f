package dev.terrace.net;

import dev.terrace.core.pool.Address;
import io.netty.channel.Channel;
import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.UnixChannel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;

/**
 * The sockets that this process listens on, for another to take over; and those that it has taken
 * over itself, until its listeners ask for them. Both processes then have the very same sockets:
 * whatever waits in one is accepted by either, and closing one loses nothing.
 */
public final class ListeningSockets {

  private static final System.Logger LOG = System.getLogger(ListeningSockets.class.getName());

  /** What a socket is for. */
  public enum Kind {
    TCP,
    UDP
  }

  /** One socket. */
  public record Listening(Kind kind, InetSocketAddress address, FileDescriptor socket) {}

  private record Key(Kind kind, InetSocketAddress address) {}

  private final Map<Channel, Listening> open = new LinkedHashMap<>();
  private final Map<Key, Queue<FileDescriptor>> inherited = new HashMap<>();

  ListeningSockets() {}

  /** A listener has opened this one. */
  synchronized void opened(Kind kind, Channel channel) {
    if (channel instanceof UnixChannel unix) {
      InetSocketAddress address = (InetSocketAddress) channel.localAddress();
      open.put(channel, new Listening(kind, address, unix.fd()));
      channel.closeFuture().addListener(closed -> forget(channel));
    }
  }

  private synchronized void forget(Channel channel) {
    open.remove(channel);
  }

  /** All that are open. */
  public synchronized Collection<Listening> open() {
    return List.copyOf(open.values());
  }

  /** Keeps a socket of the process before us until a listener asks for it. */
  public synchronized void inherit(Listening socket) {
    inherited
        .computeIfAbsent(new Key(socket.kind(), socket.address()), k -> new ArrayDeque<>())
        .add(socket.socket());
  }

  /** Hands over what was inherited for an address; it is the caller's from now on. */
  synchronized List<FileDescriptor> take(Kind kind, Address address) {
    if (inherited.isEmpty()) {
      return List.of();
    }
    Key key = new Key(kind, new InetSocketAddress(address.host(), address.port()));
    Queue<FileDescriptor> sockets = inherited.remove(key);
    return sockets == null ? List.of() : new ArrayList<>(sockets);
  }

  /** Lets go what no listener has asked for: the file no longer names those addresses. */
  public synchronized void closeInherited() {
    for (Map.Entry<Key, Queue<FileDescriptor>> unused : inherited.entrySet()) {
      for (FileDescriptor socket : unused.getValue()) {
        try {
          socket.close();
        } catch (IOException e) {
          LOG.log(System.Logger.Level.DEBUG, "closing " + unused.getKey(), e);
        }
      }
    }
    inherited.clear();
  }
}
