package dev.terrace.sql.session;

import dev.terrace.sql.server.Nobody;
import dev.terrace.sql.server.ServerConnection;
import dev.terrace.sql.wire.Backend;
import dev.terrace.sql.wire.Requests;
import dev.terrace.sql.wire.SqlError;
import io.netty.buffer.ByteBuf;
import java.util.Optional;

/**
 * One server's part of a session's transaction, while no statement of the client's is under way
 * there. Runs what Terrace itself has to say to it.
 */
final class Branch extends Nobody {

  private final Session session;
  private final Link.Held held;
  private Optional<SqlError> error = Optional.empty();
  private Runnable then = () -> {};
  private boolean running;
  private boolean lost;

  Branch(Session session, Link.Held held) {
    this.session = session;
    this.held = held;
    held.connection().use(this);
    held.connection().channel().config().setAutoRead(true);
  }

  Link.Held held() {
    return held;
  }

  int shard() {
    return held.shard();
  }

  /** The error that its last statement met. */
  Optional<SqlError> error() {
    return error;
  }

  /** Whether its server is gone. */
  boolean isLost() {
    return lost;
  }

  /** Whether the server says that its transaction has failed. */
  boolean isFailed() {
    return lost || held.connection().status() == 'E';
  }

  /** Runs a statement, then goes on; see {@link #error} for what came of it. */
  void run(String sql, Runnable next) {
    if (lost) {
      next.run();
      return;
    }
    error = Optional.empty();
    then = next;
    running = true;
    ServerConnection connection = held.connection();
    connection.sendForReady(Requests.query(connection.channel().alloc(), sql));
    connection.flush();
  }

  @Override
  public void collected(byte type, ByteBuf body) {
    if (type == Backend.ERROR) {
      error = Optional.of(SqlError.read(body));
    } else if (type == Backend.READY && running) {
      running = false;
      then.run();
    }
  }

  @Override
  public void lost(ServerConnection connection) {
    lost = true;
    error = Optional.of(ServerSeeker.lost(held));
    held.member().load().fail();
    session.branches().lost(this);
    session.link().dropLost(connection);
    if (running) {
      running = false;
      then.run();
    }
  }
}
