package dev.terrace.http.http1;

import dev.terrace.core.pool.Address;
import dev.terrace.http.exchange.AnswerReceiver;
import dev.terrace.http.exchange.ClientPeer;
import dev.terrace.http.exchange.MemberConnections;
import dev.terrace.net.ConnectFailure;
import dev.terrace.net.ConnectionPool;
import dev.terrace.net.ConnectionPool.Reuse;
import io.netty.channel.Channel;

/** Connections of HTTP/1.1, each of which serves one exchange at a time. */
public final class Http1Connections implements MemberConnections {

  private final ConnectionPool pool;

  /** Takes connections from a pool that {@link #setup} was given to. */
  public Http1Connections(ConnectionPool pool) {
    this.pool = pool;
  }

  /** What a pool adds to a new connection. */
  public static ConnectionPool.Setup setup(int maxHead) {
    return channel -> channel.pipeline().addLast(new MemberConnection(maxHead));
  }

  @Override
  public void open(
      Address member, ClientPeer client, Reuse reuse, AnswerReceiver receiver, Opened opened) {
    ConnectionPool.Acquired acquired =
        new ConnectionPool.Acquired() {
          @Override
          public void connected(Channel channel, boolean reused) {
            MemberConnection connection = (MemberConnection) channel.pipeline().last();
            connection.attach(receiver, pool);
            opened.opened(connection, reused);
          }

          @Override
          public void failed(ConnectFailure failure, String detail) {
            opened.failed(failure, detail);
          }
        };
    pool.acquire(member, client.connection(), reuse, acquired);
  }

  @Override
  public void yieldIdle() {
    pool.yieldIdle();
  }

  @Override
  public boolean takesChunks() {
    return true;
  }
}
