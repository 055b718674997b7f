package dev.terrace.sql.session;

import dev.terrace.sql.wire.SqlError;

/** What a session spends its time with, and what becomes of one that takes too long. */
final class SessionTime {

  private static final SqlError OVERDUE =
      SqlError.error("57014", "canceling statement due to statement timeout");

  private final Session session;

  SessionTime(Session session) {
    this.session = session;
  }

  Activity activity() {
    Batch batch = session.batch();
    if (batch.isUnderWay() || batch.isStarting()) {
      return Activity.BUSY;
    }
    return session.transaction().state() == Transaction.State.NONE
        ? Activity.IDLE
        : Activity.IDLE_IN_TRANSACTION;
  }

  /** Grows with each statement or pipeline. */
  long rounds() {
    return session.batch().rounds();
  }

  /** What it does takes longer than the file allows. */
  void overdue(Activity activity) {
    session.service().meters().overdue(activity);
    switch (activity) {
      case BUSY -> {
        session.batch().cancelFor(OVERDUE);
        boolean joined = session.state().kept().isWaiting();
        if (session.link().isWaiting() && session.link().held() == null && !joined) {
          session.goodBye(SqlError.fatal("57014", "waiting for a server took longer than allowed"));
        } else {
          session.cancel();
        }
      }
      case IDLE_IN_TRANSACTION ->
          session.goodBye(
              SqlError.fatal("25P03", "terminating connection due to idle-in-transaction timeout"));
      case IDLE ->
          session.goodBye(
              SqlError.fatal("57P05", "terminating connection due to idle-session timeout"));
    }
  }

  /** Ends it after the work in hand. */
  void drain() {
    session.batch().drain();
    boolean idle =
        !session.batch().isBusy()
            && session.link().held() == null
            && session.transaction().state() == Transaction.State.NONE;
    if (idle && !session.isPaused() && session.extended().pipeline().isEmpty()) {
      session.goodBye(SqlError.fatal("57P01", "terminating connection: Terrace is shutting down"));
    }
  }

  /** Ends it now, and what it runs, as an operator asks. */
  void kill() {
    if (session.isClosed()) {
      return;
    }
    boolean midRow = isMidRow();
    session.link().cancelRunning();
    session.scattering().cancel();
    if (midRow) {
      // Nothing can be said in the midst of a row.
      session.closeClient();
    } else {
      session.goodBye(
          SqlError.fatal("57P01", "terminating connection due to administrator command"));
    }
  }

  private boolean isMidRow() {
    Link.Held now = session.link().held();
    return (now != null && now.connection().midRelay()) || session.scattering().isMidRow();
  }

  /** Its server does not even cancel what it runs: it is done without. */
  void giveUp() {
    session.link().desynchronized();
  }
}
