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
    sync(
        now,
        then,
        () -> {
          session.batch().settled();
          unlessFailed(() -> {
            link.leave();
            then.run();
          });
        });
  }

  /** Ends the pipeline before a query, as a Sync would, then goes on unless it has failed. */
  void endPipeline(Runnable then) {
    Link.Held now = link.held();
    if (now == null || !now.connection().unsynced()) {
      then.run();
    } else if (session.transaction().state() == Transaction.State.OPEN) {
      sync(now, then, () -> unlessFailed(then));
    } else {
      settle(then);
    }
  }

  private void unlessFailed(Runnable then) {
    if (session.batch().isSkipping()) {
      session.batch().settleFailed();
    } else {
      then.run();
    }
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
      sync(now, again, again);
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

  /**
   * Sends a Sync that the client does not know of, and goes on when the server is there.
   *
   * @param lost what follows if the server dies and nothing is lost by that
   */
  private void sync(Link.Held now, Runnable lost, Runnable then) {
    awaitSync(lost, then);
    now.connection().sendForReady(Requests.sync());
    now.connection().flush();
  }

  /** Goes on when the server has answered a Sync that the client does not know of, or is dead. */
  void awaitSync(Runnable then) {
    awaitSync(then, then);
  }

  private void awaitSync(Runnable lost, Runnable then) {
    after = lost;
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
  }
}
