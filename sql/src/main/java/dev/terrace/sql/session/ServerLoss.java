package dev.terrace.sql.session;

import dev.terrace.sql.wire.SqlError;

/** What a session does when the server that it uses has died. */
final class ServerLoss {

  private ServerLoss() {}

  /** Asks another server if the client cannot tell; else says what is lost. */
  static void happened(Session session, Link.Held lost) {
    Batch batch = session.batch();
    Replies replies = session.replies();
    Transaction transaction = session.transaction();
    boolean readsOnly =
        transaction.state() != Transaction.State.OPEN && !session.writes().uncommitted();
    boolean set = transaction.state() == Transaction.State.NONE && transaction.hasSet();
    // What was answered in a pipeline is not done before its Sync.
    boolean undone = batch.isUnderWay() && (!readsOnly || set);
    boolean owed = batch.isBusy() || replies.awaitsServer() || session.link().isWaiting() || undone;
    boolean through = readsOnly && replies.awaitsOnlyHiddenSync();
    replies.clear();
    session.link().stopWaiting();
    session.writes().ended(lost.shard(), System.nanoTime());
    session.state().invalidation().lost();
    SqlError error = ServerSeeker.lost(lost);
    if (session.branches().isEmpty() && !transaction.isHidden()) {
      transaction.lost(error);
    } else {
      transaction.broken(error);
    }
    if (lost.connection().midRelay()) {
      // Half a row is with the client already: nothing that follows would make sense.
      session.closeClient();
    } else if (through || session.control().isBusy()) {
      session.link().settling().byLoss();
    } else if (owed && readsOnly && session.retries().possible()) {
      session.heldBack().drop();
      batch.startAgain();
      session.extended().startAgain();
      session.retries().start();
    } else if (owed) {
      batch.fail(error);
    }
  }
}
