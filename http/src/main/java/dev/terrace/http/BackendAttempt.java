package dev.terrace.http;

import dev.terrace.core.attempt.AttemptFailure;
import dev.terrace.core.pool.PoolMember;
import dev.terrace.net.ConnectFailure;
import dev.terrace.net.ConnectionPool;
import io.netty.channel.Channel;

/** One try of a request on one member; it counts as the member's work from first to last. */
final class BackendAttempt implements ConnectionPool.Acquired {

  private final Exchange exchange;
  private final PoolMember member;
  private final ConnectionPool connections;
  private boolean reused;
  private boolean over;

  BackendAttempt(Exchange exchange, PoolMember member, ConnectionPool connections) {
    this.exchange = exchange;
    this.member = member;
    this.connections = connections;
    member.load().begin();
  }

  void connect(boolean anew) {
    if (anew) {
      connections.acquireNew(member.member().address(), this);
    } else {
      connections.acquire(member.member().address(), this);
    }
  }

  PoolMember member() {
    return member;
  }

  boolean reused() {
    return reused;
  }

  /** The member's work ends here, whichever way. */
  void end() {
    if (!over) {
      over = true;
      member.load().end();
    }
  }

  @Override
  public void connected(Channel channel, boolean isReused) {
    if (over) {
      connections.release(channel);
      return;
    }
    reused = isReused;
    BackendConnection connection = (BackendConnection) channel.pipeline().last();
    exchange.connected(connection.attach(exchange, connections));
  }

  @Override
  public void failed(ConnectFailure failure, String detail) {
    if (!over) {
      exchange.attemptFailed(
          switch (failure) {
            case UNREACHABLE -> AttemptFailure.UNREACHABLE;
            case LIMIT -> AttemptFailure.LIMIT;
          });
    }
  }
}
