package dev.terrace.sql.session;

import dev.terrace.sql.wire.Requests;
import org.jspecify.annotations.Nullable;

/** Ends what was sent to the connection in use, so that the session may go on with another. */
final class Settling {

  private final Session session;
  private final Link link;

  /** What goes on when the Sync is answered. */
  private @Nullable Runnable after;

  Settling(Session session, Link link) {
    this.session = session;
    this.link = link;
  }

  /**
   * Ends what was sent to the connection in use, gives it back or keeps it for the end of the
   * transaction, then goes on.
   */
  void settle(Runnable then) {
    Link.Held now = link.held();
    if (now == null) {
      then.run();
      return;
    }
    if (!now.connection().unsynced()) {
      link.leave();
      then.run();
      return;
    }
    after = then;
    sync(
        now,
        () -> {
          session.batch().settled();
          if (session.batch().isSkipping()) {
            session.batch().settleFailed();
          } else {
            link.leave();
            then.run();
          }
        });
  }

  /** Puts the connection in use, if there is one, to the others of the transaction. */
  void park(Runnable then) {
    Link.Held now = link.held();
    if (now == null) {
      then.run();
    } else if (!now.connection().unsynced()) {
      link.park();
      then.run();
    } else {
      Runnable again = () -> park(then);
      after = again;
      sync(now, again);
    }
  }

  /** The server died, but had answered all that it was asked: the next may go on. */
  void byLoss() {
    Runnable next = after;
    after = null;
    if (next != null) {
      next.run();
    }
  }

  /** Sends a Sync that the client does not know of, and goes on when the server is there. */
  private void sync(Link.Held now, Runnable then) {
    link.waits();
    session
        .replies()
        .expect(
            Expect.hiddenSync(none -> {
              link.stopWaiting();
              after = null;
              then.run();
              session.resume();
            }));
    now.connection().sendForReady(Requests.sync());
    now.connection().flush();
  }
}
