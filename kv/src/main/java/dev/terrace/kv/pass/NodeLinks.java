package dev.terrace.kv.pass;

import dev.terrace.net.EventLoops;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.handler.ssl.SslHandler;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One event loop's connections to one node: one that all clients share for each version of the
 * protocol, and those that clients have for themselves while they must. On the loop only.
 */
final class NodeLinks {

  private static final long BACKOFF_NANOS_FIRST = TimeUnit.MILLISECONDS.toNanos(50);
  private static final long BACKOFF_NANOS_MAX = TimeUnit.SECONDS.toNanos(1);

  /** Bytes that a node is slow to take, above which clients are not read from, and go on below. */
  private static final WriteBufferWaterMark UNSENT = new WriteBufferWaterMark(512 << 10, 1 << 20);

  private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(60);
  private static final int IDLE_MAX = 64;

  private final LoopNodes home;
  private final Node node;
  private final Set<NodeConnection> all = new LinkedHashSet<>();
  private final Deque<NodeConnection> idle = new ArrayDeque<>();
  private @Nullable NodeConnection shared2;
  private @Nullable NodeConnection shared3;
  private final Owners.One one = new Owners.One(this);
  private long backoffNanos;
  private long downUntilNanos;
  private @Nullable String down;

  NodeLinks(LoopNodes home, Node node) {
    this.home = home;
    this.node = node;
  }

  LoopNodes home() {
    return home;
  }

  Node node() {
    return node;
  }

  /** It as the owner of keys. */
  Owners.One one() {
    return one;
  }

  int count() {
    return all.size();
  }

  /** The connection that clients of that version share. */
  NodeConnection shared(boolean version3) {
    NodeConnection known = version3 ? shared3 : shared2;
    if (known != null && !known.isLost()) {
      return known;
    }
    NodeConnection opened = open(version3, false);
    if (version3) {
      shared3 = opened;
    } else {
      shared2 = opened;
    }
    return opened;
  }

  /** A connection for one client alone; {@link #giveBack} it or close it. */
  NodeConnection own(boolean version3) {
    for (NodeConnection known : idle) {
      if (known.version3() == version3) {
        idle.remove(known);
        return known;
      }
    }
    return open(version3, true);
  }

  /** Takes back a connection whose next user finds it as new. */
  void giveBack(NodeConnection own) {
    if (own.isLost() || !own.isQuiet() || idle.size() >= IDLE_MAX) {
      own.close();
      return;
    }
    own.listener(null);
    own.reading(true);
    own.idleSince(home.nowNanos());
    idle.addFirst(own);
  }

  private NodeConnection open(boolean version3, boolean own) {
    NodeConnection connection = new NodeConnection(this, version3);
    String reason = down;
    if (reason != null && System.nanoTime() - downUntilNanos < 0) {
      connection.lose(reason);
      return connection;
    }
    all.add(connection);
    byte[] opening = opening(connection, version3, own);
    Duration timeout = home.connectTimeout();
    Bootstrap bootstrap =
        home.loops()
            .client(home.loop(), timeout)
            .option(ChannelOption.WRITE_BUFFER_WATER_MARK, UNSENT)
            .handler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    node.tls()
                        .ifPresent(tls -> {
                          SslHandler handler = tls.handler(channel, node.address());
                          handler.setHandshakeTimeoutMillis(timeout.toMillis());
                          channel.pipeline().addLast(handler);
                        });
                    channel.pipeline().addLast(connection);
                  }
                });
    ChannelFuture connecting = bootstrap.connect(EventLoops.unresolved(node.address()));
    connecting.addListener(done -> {
      if (!done.isSuccess()) {
        failed(connection, String.valueOf(done.cause().getMessage()));
      } else if (connection.isLost()) {
        connecting.channel().close();
      } else {
        down = null;
        backoffNanos = 0;
        connection.connected(connecting.channel(), opening);
      }
    });
    return connection;
  }

  private void failed(NodeConnection connection, String why) {
    backoffNanos =
        backoffNanos == 0 ? BACKOFF_NANOS_FIRST : Math.min(2 * backoffNanos, BACKOFF_NANOS_MAX);
    downUntilNanos = System.nanoTime() + backoffNanos;
    String reason = node.text() + " is down: " + why;
    down = reason;
    connection.lose(reason);
    home.goOnTouched();
  }

  /** What a connection begins with; it awaits the replies. */
  private byte[] opening(NodeConnection connection, boolean version3, boolean own) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Node.Login login = node.login().orElse(null);
    if (version3) {
      List<String> hello =
          login == null
              ? List.of("HELLO", "3")
              : List.of("HELLO", "3", "AUTH", login.user().orElse("default"), login.password());
      out.writeBytes(request(hello));
      connection.await(opens(connection));
    } else if (login != null) {
      out.writeBytes(
          request(
              login
                  .user()
                  .map(user -> List.of("AUTH", user, login.password()))
                  .orElse(List.of("AUTH", login.password()))));
      connection.await(opens(connection));
    }
    if (node.database() != 0) {
      out.writeBytes(request(List.of("SELECT", Integer.toString(node.database()))));
      connection.await(opens(connection));
    }
    if (own) {
      // For CLIENT UNBLOCK, which cannot be asked of the connection that blocks.
      out.writeBytes(request(List.of("CLIENT", "ID")));
      connection.await(
          new WholeReply(
              reply -> connection.nodeId(Elements.number(reply, reply.readerIndex())),
              error -> {}));
    }
    return out.toByteArray();
  }

  private Awaiting opens(NodeConnection connection) {
    return Awaiting.ignored(
        error -> connection.lose(node.text() + " does not let Terrace in: " + error));
  }

  /** A request as Redis's protocol has it. */
  static byte[] request(List<String> words) {
    StringBuilder text = new StringBuilder("*").append(words.size()).append("\r\n");
    for (String word : words) {
      int length = word.getBytes(StandardCharsets.UTF_8).length;
      text.append('$').append(length).append("\r\n").append(word).append("\r\n");
    }
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  void gone(NodeConnection connection) {
    all.remove(connection);
    idle.remove(connection);
    if (shared2 == connection) {
      shared2 = null;
    }
    if (shared3 == connection) {
      shared3 = null;
    }
  }

  /** Ends what took too long, and closes what was idle for long. */
  void check(long nowNanos, long timeoutNanos) {
    for (NodeConnection connection : List.copyOf(all)) {
      connection.check(nowNanos, timeoutNanos);
    }
    while (!idle.isEmpty() && nowNanos - idle.getLast().idleSince() > IDLE_NANOS) {
      idle.removeLast().close();
    }
  }

  /**
   * Ends the connections that clients have for themselves, and has the shared ones tell when all
   * that was sent on them is answered.
   *
   * @return how many will tell
   */
  int turn(Runnable answered) {
    int telling = 0;
    for (NodeConnection connection : List.copyOf(all)) {
      if (connection == shared2 || connection == shared3) {
        telling++;
        connection.await(new WholeReply(reply -> answered.run(), error -> answered.run()));
        connection.send(request(List.of("PING")));
      } else if (!idle.contains(connection)) {
        connection.lose("the nodes of store '" + node.store() + "' have changed: ask again");
      }
    }
    return telling;
  }

  /** Nothing new is sent here: closes each connection when it owes nothing. */
  void retire() {
    for (NodeConnection connection : List.copyOf(all)) {
      if (idle.contains(connection) || connection.isQuiet()) {
        connection.close();
      }
    }
    if (!all.isEmpty()) {
      home.loop().schedule(this::retire, 1, TimeUnit.SECONDS);
    }
  }

  void close() {
    List.copyOf(all).forEach(NodeConnection::close);
  }
}
