package dev.terrace.sql.session;

import dev.terrace.sql.twophase.SnapshotGate;
import dev.terrace.sql.wire.SqlError;
import io.netty.channel.ChannelFutureListener;
import java.util.function.Consumer;

/** One taking of snapshots by a coordinator's connection, within the gate that commits pass too. */
final class CoordinatorSnapshot {

  private final Session session;
  private final Link.Held held;
  private boolean inside;

  private CoordinatorSnapshot(Session session, Link.Held held) {
    this.session = session;
    this.held = held;
  }

  /** Takes them by that query, then goes on. */
  static void take(
      Session session, Link.Held held, String sql, Runnable then, Consumer<SqlError> failed) {
    CoordinatorSnapshot snapshot = new CoordinatorSnapshot(session, held);
    session
        .shared()
        .gate()
        .enter(SnapshotGate.Side.READ, session.loop(), () -> snapshot.entered(sql, then, failed));
  }

  private void entered(String sql, Runnable then, Consumer<SqlError> failed) {
    inside = true;
    if (session.isClosed() || !held.equals(session.link().held())) {
      leave();
      return;
    }
    ChannelFutureListener lost = gone -> leave();
    held.connection().channel().closeFuture().addListener(lost);
    session
        .link()
        .inject(
            sql,
            error -> {
              held.connection().channel().closeFuture().removeListener(lost);
              leave();
              error.ifPresentOrElse(failed, then);
            });
  }

  private void leave() {
    if (inside) {
      inside = false;
      session.shared().gate().leave();
    }
  }
}
