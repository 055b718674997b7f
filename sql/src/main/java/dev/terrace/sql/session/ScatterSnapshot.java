package dev.terrace.sql.session;

import dev.terrace.sql.twophase.SnapshotGate;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Sees to it that a read over several shards sees a transaction over several shards on all of them
 * or on none: while no such transaction is being committed, every server takes its snapshot. Where
 * none was committed of late, the statement is sent without more ado.
 */
final class ScatterSnapshot {

  /** In READ COMMITTED the snapshot is the statement's own, taken soon after it is sent. */
  private static final long STATEMENT_MILLIS = 20;

  private final Scatter scatter;
  private final Session session;
  private boolean inside;
  private boolean wrapped;

  ScatterSnapshot(Scatter scatter, Session session) {
    this.scatter = scatter;
    this.session = session;
  }

  /** Goes on when the statement may be sent. */
  void take(Runnable then) {
    Decision.Scatter where = scatter.where();
    boolean matters =
        where.readOnly()
            && where.shards().size() > 1
            && scatter.legs().stream().noneMatch(leg -> leg.held().replica())
            && session.shared().gate().isUsed();
    if (!matters) {
      then.run();
      return;
    }
    session
        .shared()
        .gate()
        .enter(
            SnapshotGate.Side.READ,
            session.loop(),
            () -> {
              inside = true;
              if (scatter.isOver()) {
                leave();
              } else if (where.joins() && session.transaction().plain()) {
                session.loop().schedule(this::leave, STATEMENT_MILLIS, TimeUnit.MILLISECONDS);
                then.run();
              } else {
                snapshots(where, then);
              }
            });
  }

  private void snapshots(Decision.Scatter where, Runnable then) {
    wrapped = !where.joins();
    String sql = wrapped ? "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY;SELECT 1" : "SELECT 1";
    List<ScatterLeg> legs = List.copyOf(scatter.legs());
    int[] left = {legs.size()};
    for (ScatterLeg leg : legs) {
      leg.run(
          sql,
          failure -> {
            failure.ifPresent(scatter::fail);
            if (--left[0] == 0) {
              leave();
              if (!scatter.hasFailed()) {
                then.run();
              }
            }
          });
    }
  }

  /** Whether the servers hold snapshots that others could not have. */
  boolean isHeld() {
    return wrapped;
  }

  /** The snapshots are taken, or not wanted any more. */
  void leave() {
    if (inside) {
      inside = false;
      session.shared().gate().leave();
    }
  }

  /** Gives the connection of a leg back, its transaction ended if it has one for the snapshot. */
  void end(ScatterLeg leg) {
    if (!wrapped || leg.isBusy() || leg.connection().status() == 'I') {
      session.link().giveBack(leg.held());
    } else {
      new Branch(session, leg.held()).run("COMMIT", () -> session.link().giveBack(leg.held()));
    }
  }
}
