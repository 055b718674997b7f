package dev.terrace.http.http2;

import dev.terrace.core.pool.Address;
import dev.terrace.http.exchange.AnswerReceiver;
import dev.terrace.http.exchange.ClientPeer;
import dev.terrace.http.exchange.MemberConnections;
import dev.terrace.net.ConnectFailure;
import dev.terrace.net.ConnectionPool;
import dev.terrace.net.ConnectionPool.Reuse;
import io.netty.channel.Channel;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One event loop's connections of HTTP/2 to a pool's members. A stream goes to the first connection
 * that has room, and a further connection is opened when none has; those without a stream lie in
 * the {@link ConnectionPool}, which knows their limit and when they are too old.
 */
public final class Http2MemberConnections
    implements MemberConnections, Http2MemberConnection.Owner {

  /** Streams that may wait for one connection to be opened. */
  private static final int WAITING_MAX = 256;

  private record Wanted(Reuse reuse, AnswerReceiver receiver, Opened opened) {

    boolean anew() {
      return reuse == Reuse.NONE;
    }

    void openOn(Http2MemberConnection connection) {
      boolean reused = connection.hasServed() && !anew();
      opened.opened(connection.open(receiver), reused);
    }
  }

  /** A connection that is being opened, and the streams that wait for it. */
  private final class Opening implements ConnectionPool.Acquired {
    final Address member;
    final Deque<Wanted> waiting = new ArrayDeque<>();
    @Nullable Http2MemberConnection connection;

    Opening(Address member) {
      this.member = member;
    }

    @Override
    public void connected(Channel channel, boolean reused) {
      Http2MemberConnection made = channel.pipeline().get(Http2MemberConnection.class);
      connection = made;
      made.own(Http2MemberConnections.this);
      if (made.isReady()) {
        serve(this, made);
      } else if (!channel.isActive()) {
        failed(ConnectFailure.UNREACHABLE, "closed at once");
      } else {
        channel
            .eventLoop()
            .schedule(
                () -> {
                  if (!made.isReady()) {
                    channel.close();
                  }
                },
                settleTimeout.toMillis(),
                TimeUnit.MILLISECONDS);
      }
    }

    @Override
    public void failed(ConnectFailure failure, String detail) {
      opening.remove(this);
      for (Wanted wanted = waiting.poll(); wanted != null; wanted = waiting.poll()) {
        wanted.opened().failed(failure, detail);
      }
    }
  }

  private final ConnectionPool pool;
  private final Duration settleTimeout;
  private final Map<Address, List<Http2MemberConnection>> busy = new HashMap<>();
  private final Map<Http2MemberConnection, Address> members = new HashMap<>();
  private final List<Opening> opening = new ArrayList<>();

  /**
   * Takes connections from a pool that {@link #setup} was given to.
   *
   * @param settleTimeout how long a member may take for its first settings once it is connected
   */
  public Http2MemberConnections(ConnectionPool pool, Duration settleTimeout) {
    this.pool = pool;
    this.settleTimeout = settleTimeout;
  }

  /** What a pool adds to a new connection. */
  public static ConnectionPool.Setup setup(int maxHead) {
    return channel -> channel.pipeline().addLast(Http2MemberConnection.create(maxHead));
  }

  @Override
  public void open(
      Address member, ClientPeer client, Reuse reuse, AnswerReceiver receiver, Opened opened) {
    open(member, new Wanted(reuse, receiver, opened));
  }

  private void open(Address member, Wanted wanted) {
    for (Http2MemberConnection candidate : busy.getOrDefault(member, List.of())) {
      if (candidate.hasRoom() && !(wanted.anew() && candidate.hasServed())) {
        wanted.openOn(candidate);
        return;
      }
    }
    for (Opening under : opening) {
      if (under.member.equals(member) && under.waiting.size() < WAITING_MAX) {
        under.waiting.add(wanted);
        return;
      }
    }
    Opening next = new Opening(member);
    next.waiting.add(wanted);
    opening.add(next);
    pool.acquire(member, wanted.reuse(), next);
  }

  @Override
  public void yieldIdle() {
    pool.yieldIdle();
  }

  private void serve(Opening opened, Http2MemberConnection connection) {
    opening.remove(opened);
    members.put(connection, opened.member);
    busy.computeIfAbsent(opened.member, m -> new ArrayList<>(2)).add(connection);
    for (Wanted next = opened.waiting.poll(); next != null; next = opened.waiting.poll()) {
      if (connection.isIdle() && !connection.hasRoom()) {
        next.opened().failed(ConnectFailure.LIMIT, "the member allows no streams");
      } else if (connection.hasRoom() && members.containsKey(connection)) {
        next.openOn(connection);
      } else {
        open(opened.member, next);
      }
    }
    freed(connection);
  }

  @Override
  public void ready(Http2MemberConnection connection) {
    Opening found = openingOf(connection);
    if (found != null) {
      serve(found, connection);
    }
  }

  private @Nullable Opening openingOf(Http2MemberConnection connection) {
    for (Opening candidate : opening) {
      if (candidate.connection == connection) {
        return candidate;
      }
    }
    return null;
  }

  @Override
  public void freed(Http2MemberConnection connection) {
    if (connection.isIdle() && forget(connection)) {
      if (connection.isSpent()) {
        connection.channel().close();
      } else {
        pool.release(connection.channel());
      }
    }
  }

  private boolean forget(Http2MemberConnection connection) {
    Address member = members.remove(connection);
    if (member == null) {
      return false;
    }
    List<Http2MemberConnection> all = busy.getOrDefault(member, List.of());
    all.remove(connection);
    if (all.isEmpty()) {
      busy.remove(member);
    }
    return true;
  }

  @Override
  public void closed(Http2MemberConnection connection) {
    forget(connection);
    Opening found = openingOf(connection);
    if (found != null) {
      found.failed(ConnectFailure.UNREACHABLE, "closed before any settings of HTTP/2");
    }
  }

  /** RFC 9113, section 8.7: by GOAWAY and REFUSED_STREAM. */
  @Override
  public boolean mayRefuse() {
    return true;
  }

  @Override
  public boolean takesChunks() {
    return false;
  }
}
