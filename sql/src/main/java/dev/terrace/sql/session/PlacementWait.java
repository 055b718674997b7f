package dev.terrace.sql.session;

import dev.terrace.sql.operate.Pauses;

/**
 * Has a session wait, at rest and before anything is decided, while where the store's rows are is
 * about to change; and has it begin anew with shards that are others afterwards.
 */
final class PlacementWait {

  private final Session session;
  private Members known;
  private boolean waiting;

  PlacementWait(Session session) {
    this.session = session;
    this.known = session.service().members();
  }

  /** Whether the session's next message may be dealt with by now; else it goes on later. */
  boolean mayDecide() {
    Pauses pauses = session.shared().survey().pauses();
    if (pauses.holdsDecisions(session.service().store()) && isAtRest()) {
      if (!waiting) {
        waiting = true;
        pauses.whenOneEnds(() -> session.loop().execute(this::again));
      }
      // It may have ended before it was known who waits.
      if (pauses.holdsDecisions(session.service().store())) {
        return false;
      }
    }
    Members now = session.service().members();
    if (!now.equals(known)) {
      boolean moved = !now.hasShardsOf(known);
      known = now;
      if (moved) {
        moved(now);
      }
    }
    return true;
  }

  /** Whether the session has no server, no transaction on any, and nothing that is bound. */
  private boolean isAtRest() {
    return !session.batch().isUnderWay()
        && session.link().held() == null
        && session.branches().isEmpty()
        && session.transaction().state() != Transaction.State.OPEN
        && !session.scattering().isRunning();
  }

  /** What is known of the shards before is worth nothing any more. */
  private void moved(Members to) {
    session.writes().moved(to.shards(), System.nanoTime());
    if (!session.link().own().fits(to)) {
      session.pinnedLost();
    }
  }

  private void again() {
    waiting = false;
    session.resume();
  }
}
