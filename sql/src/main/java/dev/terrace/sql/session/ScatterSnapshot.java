package dev.terrace.sql.session;

import dev.terrace.config.SqlConfig.AcrossShards;
import dev.terrace.sql.twophase.Settlement;
import dev.terrace.sql.twophase.SnapshotGate;
import dev.terrace.sql.wire.SqlError;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Sees to it that a read over several shards sees a transaction over several shards on all of them
 * or on none: while no such transaction is being committed, every server takes its snapshot. Where
 * none was committed of late, the statement is sent without more ado.
 */
final class ScatterSnapshot {

  /**
   * In READ COMMITTED, and where none was committed of late, the snapshot is the statement's own,
   * taken soon after it is sent.
   */
  private static final long STATEMENT_MILLIS = 20;

  private final Scatter scatter;
  private final Session session;
  private boolean inside;
  private boolean wrapped;
  private boolean abandoned;

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
            && session.service().config().acrossShards() == AcrossShards.TWO_PHASE
            && scatter.legs().stream().noneMatch(leg -> leg.held().replica());
    if (!matters) {
      then.run();
    } else if (settlement().isSettled(where.shards())) {
      enter(then);
    } else {
      settlement()
          .await(where.shards(), patience(), session.loop(), settled -> settled(settled, then));
    }
  }

  private Settlement settlement() {
    return session.shared().inDoubt().settlement();
  }

  /** As long as for the parts' primary, which may be away, and no shorter than for a server. */
  private Duration patience() {
    Duration failover = session.service().members().failoverWait();
    Duration acquire = session.service().config().acquireTimeout();
    return failover.compareTo(acquire) > 0 ? failover : acquire;
  }

  private void settled(boolean settled, Runnable then) {
    if (isGone()) {
      return;
    }
    if (settled) {
      enter(then);
    } else {
      scatter.fail(
          SqlError.error(
              "57P03",
              "a transaction over several shards could not be ended on all of them yet",
              "Try again, or read from each shard by itself."));
    }
  }

  private void enter(Runnable then) {
    Decision.Scatter where = scatter.where();
    SnapshotGate gate = session.shared().gate();
    gate.enter(
        SnapshotGate.Side.READ,
        session.loop(),
        () -> {
          inside = true;
          boolean ownTransaction = where.joins() && session.transaction().readCommitted();
          if (isGone()) {
            leave();
          } else if (ownTransaction || !gate.isUsed()) {
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
            if (abandoned) {
              return;
            }
            failure.ifPresent(scatter::fail);
            if (--left[0] == 0) {
              leave();
              if (!scatter.failedBy(Optional.empty())) {
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

  private boolean isGone() {
    return abandoned || scatter.isOver();
  }

  /** The statement begins anew with other servers: what was waited for here leads to nothing. */
  void abandon() {
    abandoned = true;
    leave();
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
