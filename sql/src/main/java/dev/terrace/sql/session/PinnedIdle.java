package dev.terrace.sql.session;

import dev.terrace.sql.server.Nobody;
import dev.terrace.sql.server.ServerConnection;
import dev.terrace.sql.wire.Answers;
import dev.terrace.sql.wire.Backend;
import dev.terrace.sql.wire.ReplyScanner.Take;
import io.netty.buffer.ByteBuf;

/**
 * A session's view of the connection it keeps while it does not use it: what others NOTIFY comes
 * through.
 */
final class PinnedIdle extends Nobody {

  private final Session session;

  PinnedIdle(Session session) {
    this.session = session;
  }

  @Override
  public Take begin(byte type) {
    return type == Backend.NOTIFICATION ? Take.COLLECT : Take.DROP;
  }

  @Override
  public void collected(byte type, ByteBuf body) {
    if (type == Backend.NOTIFICATION) {
      session.notified(Answers.copy(session.alloc(), type, body));
    }
  }

  @Override
  public void readComplete() {
    session.serverReadComplete();
  }

  @Override
  public void lost(ServerConnection connection) {
    session.serverLost(connection);
  }
}
