package dev.terrace.sql.session;

import dev.terrace.sql.wire.Answers;
import dev.terrace.sql.wire.SqlError;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A statement that runs on several shards at once; a {@link Gatherer} makes one answer of theirs.
 * What writes is a part of the session's transaction, of one that the client does not know of if it
 * has begun none. If the client wants no more rows than some at a time, it is suspended in between,
 * what is still to come being left in the sockets.
 */
final class Scatter {

  private static final int RETRIES_MAX = 2;

  private final Session session;
  private final Decision.Scatter where;
  private final ScatterWork work;
  private final List<ScatterLeg> legs = new ArrayList<>();
  private final ClientRows rows;
  private Gatherer gatherer;
  private Optional<SqlError> error = Optional.empty();
  private boolean suspended;
  private boolean cancelled;
  private boolean over;
  private boolean ending;
  private boolean isDrained;
  private Runnable drained = () -> {};
  private ScatterSnapshot snapshot;
  private int retries;

  Scatter(Session session, Decision.Scatter where, ScatterWork work, int rowsMax) {
    this.session = session;
    this.where = where;
    this.work = work;
    this.rows = new ClientRows(session, rowsMax);
    this.snapshot = new ScatterSnapshot(this, session);
    this.gatherer = Gatherer.of(this);
  }

  Session session() {
    return session;
  }

  ScatterWork work() {
    return work;
  }

  Decision.Scatter where() {
    return where;
  }

  List<ScatterLeg> legs() {
    return legs;
  }

  ClientRows rows() {
    return rows;
  }

  /** Gets a connection to each shard, in their order, so that nobody waits in a circle. */
  void start() {
    if (legs.size() == where.shards().size()) {
      legs.forEach(ScatterLeg::begins);
      snapshot.take(gatherer::start);
      return;
    }
    int shard = where.shards().get(legs.size());
    int round = retries;
    session
        .branches()
        .find(
            new Target(shard, where.replicas(), false, !where.joins()),
            where.joins(),
            new ServerSeeker.Found() {
              @Override
              public void found(Link.Held held) {
                if (over || round != retries) {
                  // A leg was lost meanwhile: nobody waits for this one any more.
                  session.link().giveBack(held);
                  return;
                }
                ScatterLeg leg = new ScatterLeg(Scatter.this, held, legs.size());
                legs.add(leg);
                held.connection().use(leg);
                prepare(leg);
              }

              @Override
              public void none(SqlError none) {
                if (round == retries) {
                  error = Optional.of(none);
                  finish();
                }
              }
            });
  }

  private void prepare(ScatterLeg leg) {
    if (leg.connection().status() != 'I') {
      // It takes part in the transaction already.
      start();
      return;
    }
    leg.settle(
        session.settings(),
        failure -> {
          if (failure.isPresent()) {
            failed(failure.get());
          } else {
            begin(leg);
          }
        });
  }

  private void begin(ScatterLeg leg) {
    if (!where.joins()) {
      start();
      return;
    }
    leg.run(
        session.transaction().openAt(leg.connection()),
        failure -> {
          if (failure.isPresent()) {
            failed(failure.get());
          } else {
            start();
          }
        });
  }

  private void failed(SqlError why) {
    error = Optional.of(why);
    finish();
  }

  /** Whether it has ended. */
  boolean isOver() {
    return over;
  }

  /** Whether the statement has failed, so that rows are of no use any more. */
  boolean hasFailed() {
    if (cancelled && error.isEmpty()) {
      // The request may have come to the servers between two statements of ours.
      error = Optional.of(ServerSeeker.CANCELLED);
    }
    return error.isPresent();
  }

  /** The statement fails once the servers are through with what they were sent. */
  void fail(SqlError why) {
    if (error.isEmpty()) {
      error = Optional.of(why);
    }
    gatherer.breakOff();
    legs.forEach(leg -> leg.reads(true));
    if (!over && legs.stream().noneMatch(ScatterLeg::isBusy)) {
      finish();
    }
  }

  /** Whether the statement fails, by what a server has answered or as it was failing already. */
  boolean failedBy(Optional<SqlError> answer) {
    boolean fails = answer.isPresent() || hasFailed();
    if (fails) {
      fail(answer.or(() -> error).orElseThrow());
    }
    return fails;
  }

  /** The statement, which only reads, fails at once: its servers are not waited for. */
  void giveUp(SqlError why) {
    error = Optional.of(why);
    finish();
  }

  /** All rows are with the client, and every shard is through. */
  void complete() {
    finish();
  }

  /** A server has answered something in full. */
  void answered(ScatterLeg leg) {
    if (ending && !leg.isBusy()) {
      finish();
    }
  }

  /** Drops the rows that were not fetched, then goes on. */
  void drain(Runnable then) {
    suspended = false;
    drained = then;
    isDrained = true;
    error = Optional.of(SqlError.error("57014", "the rest of the rows is not wanted"));
    finish();
  }

  Optional<SqlError> error() {
    return error;
  }

  /** Takes the COPY data of the client, if it is to send them. */
  Optional<CopyInGatherer> copyIn() {
    return gatherer instanceof CopyInGatherer copy && copy.isTaking()
        ? Optional.of(copy)
        : Optional.empty();
  }

  /** The client has as many rows as it wants for now. */
  void suspend() {
    suspended = true;
    legs.forEach(leg -> leg.reads(false));
    session.scattering().over(this, Optional.empty(), Answers.portalSuspended());
  }

  boolean isSuspended() {
    return suspended;
  }

  /** The client wants more rows. */
  void resume(int rowsMax) {
    suspended = false;
    rows.next(rowsMax);
    if (error.isPresent()) {
      finish();
    } else {
      gatherer.goOn();
    }
  }

  /** The client takes more again. */
  void goOn() {
    if (!over && !suspended && error.isEmpty()) {
      gatherer.goOn();
    }
  }

  /** A shard's server has died. */
  void lost(ScatterLeg leg) {
    leg.held().member().load().fail();
    leg.held().member().load().end();
    if (leg.held().replica()) {
      session.link().seeker().avoid(leg.held().member());
    }
    boolean needed = leg.isBusy() || gatherer.needs(leg) || where.joins();
    leg.lost();
    if (where.joins()) {
      session.transaction().broken(ServerSeeker.lost(leg.held()));
    }
    if (over || !needed) {
      return;
    }
    SqlError why = ServerSeeker.lost(leg.held());
    boolean again = where.readOnly() && !where.joins() && retries < RETRIES_MAX;
    if (leg.connection().midRelay() && !suspended) {
      session.goodBye(SqlError.fatal(why.sqlState(), why.message()));
    } else if (suspended) {
      error = error.isPresent() ? error : Optional.of(why);
    } else if (again && !rows.shown()) {
      retries++;
      snapshot.abandon();
      drop();
      snapshot = new ScatterSnapshot(this, session);
      gatherer.release();
      gatherer = Gatherer.of(this);
      rows.startAgain();
      error = Optional.empty();
      start();
    } else if (again && !snapshot.isHeld() && gatherer.isUnused(leg)) {
      retries++;
      replace(leg);
    } else {
      error = error.isPresent() ? error : Optional.of(why);
      finish();
    }
  }

  /** The other shards' rows are with the client already: one more server for this shard alone. */
  private void replace(ScatterLeg lost) {
    session
        .branches()
        .find(
            new Target(lost.held().shard(), where.replicas(), false, true),
            false,
            new ServerSeeker.Found() {
              @Override
              public void found(Link.Held held) {
                if (over) {
                  session.link().giveBack(held);
                  return;
                }
                ScatterLeg leg = new ScatterLeg(Scatter.this, held, lost.index());
                legs.set(lost.index(), leg);
                held.connection().use(leg);
                leg.settle(
                    session.settings(),
                    failure -> {
                      if (failure.isPresent()) {
                        fail(failure.get());
                      } else {
                        gatherer.replaced(leg);
                      }
                    });
              }

              @Override
              public void none(SqlError none) {
                fail(none);
              }
            });
  }

  /** Gives all connections back, those in the midst of something to be closed. */
  private void drop() {
    List<ScatterLeg> all = List.copyOf(legs);
    legs.clear();
    for (ScatterLeg leg : all) {
      if (leg.isLost()) {
        continue;
      }
      leg.reads(true);
      if (where.joins()) {
        if (!where.readOnly()) {
          session.branches().wrote(leg.held().shard());
        }
        session.branches().park(leg.held());
      } else {
        snapshot.end(leg);
      }
    }
  }

  private void finish() {
    if (over) {
      return;
    }
    if (where.joins() && legs.stream().anyMatch(leg -> leg.isBusy() && !leg.isLost())) {
      // The transaction goes on with these servers: they must have answered.
      ending = true;
      gatherer.breakOff();
      legs.forEach(leg -> leg.reads(true));
      return;
    }
    over = true;
    snapshot.leave();
    if (error.isPresent()) {
      rows.release();
    }
    ByteBuf answer =
        error.isPresent()
            ? Answers.noData()
            : rows.end(() -> Answers.complete(session.alloc(), gatherer.tag()));
    drop();
    gatherer.release();
    if (isDrained) {
      answer.release();
      drained.run();
    } else {
      session.scattering().over(this, error, answer);
    }
  }

  /** Cancels what runs. */
  void cancel() {
    cancelled = true;
    List<ScatterLeg> busy = legs.stream().filter(ScatterLeg::isBusy).toList();
    busy.forEach(leg -> CancelRequest.send(session.shared().loops(), leg.connection()));
    if (!over && !suspended) {
      long later = busy.isEmpty() ? 0 : CancelRequest.AGAIN_MILLIS;
      session.loop().schedule(this::cancelAgain, later, TimeUnit.MILLISECONDS);
    }
  }

  private void cancelAgain() {
    if (!over && !suspended) {
      // Rows that nobody takes hold their server up.
      fail(ServerSeeker.CANCELLED);
      cancel();
      session.resume();
    }
  }

  /** Nobody wants the rest. */
  void abort() {
    if (!over) {
      over = true;
      suspended = false;
      snapshot.leave();
      drop();
      gatherer.release();
      rows.release();
    }
  }
}
