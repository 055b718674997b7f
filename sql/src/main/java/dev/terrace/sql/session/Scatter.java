package dev.terrace.sql.session;

import dev.terrace.sql.plan.Gather;
import dev.terrace.sql.plan.Limits;
import dev.terrace.sql.wire.Answers;
import dev.terrace.sql.wire.SqlError;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A statement that runs on several shards at once; a {@link Gatherer} makes one answer of theirs.
 * What writes runs in a transaction on each: all commit, or none does, see {@link ScatterCommit}.
 * If the client wants no more rows than some at a time, it is suspended in between, what is still
 * to come being left in the sockets.
 */
final class Scatter {

  private static final int RETRIES_MAX = 2;

  private final Session session;
  private final Decision.Scatter where;
  private final ScatterWork work;
  private final List<ScatterLeg> legs = new ArrayList<>();
  private final ClientRows rows;
  private final ScatterCommit commit;
  private Gatherer gatherer;
  private Optional<SqlError> error = Optional.empty();
  private boolean suspended;
  private boolean cancelled;
  private boolean over;
  private int retries;

  Scatter(Session session, Decision.Scatter where, ScatterWork work, int rowsMax) {
    this.session = session;
    this.where = where;
    this.work = work;
    this.rows = new ClientRows(session, rowsMax);
    this.commit = new ScatterCommit(this, session, where);
    this.gatherer = newGatherer();
  }

  private Gatherer newGatherer() {
    return switch (where.gather()) {
      case Gather.Simple simple ->
          simple == Gather.Simple.CONCATENATE && where.readOnly() && rows.isWindowed()
              ? new LimitGatherer(this, new Gather.Limited(work.plan().sql(), 0, Limits.ALL))
              : new PlainGatherer(this, simple);
      case Gather.Limited limited -> new LimitGatherer(this, limited);
      case Gather.Sorted(var sorted) -> new SortGatherer(this, sorted);
      case Gather.Combined(var combination) -> new CombineGatherer(this, combination);
    };
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
      legs.forEach(
          leg -> session.service().meters().statement(leg.held().shard(), leg.held().replica()));
      gatherer.start();
      return;
    }
    int shard = where.shards().get(legs.size());
    int round = retries;
    session
        .link()
        .seeker()
        .seek(
            new Target(shard, where.readOnly(), false, true),
            new ServerSeeker.Found() {
              @Override
              public void found(Link.Held held) {
                if (over || round != retries) {
                  // A leg was lost meanwhile: nobody waits for this one any more.
                  session.pool().release(held.connection());
                  return;
                }
                ScatterLeg leg = new ScatterLeg(Scatter.this, held, legs.size());
                legs.add(leg);
                held.connection().use(leg);
                held.member().load().begin();
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
    if (leg.connection().settings().equals(session.settings())) {
      start();
      return;
    }
    leg.run(
        session.settings().sql(),
        failure -> {
          if (failure.isPresent()) {
            leg.connection().taint();
            error = failure;
            finish();
          } else {
            leg.connection().settings(session.settings());
            start();
          }
        });
  }

  /** Whether the statement has failed, so that rows are of no use any more. */
  boolean hasFailed() {
    if (cancelled && error.isEmpty()) {
      // The request may have come to the servers between two statements of ours.
      error = Optional.of(SqlError.error("57014", "canceling statement due to user request"));
    }
    return error.isPresent();
  }

  /** The statement fails once the servers are through with what they were sent. */
  void fail(SqlError why) {
    if (error.isEmpty()) {
      error = Optional.of(why);
    }
    legs.forEach(leg -> leg.reads(true));
    if (!over && legs.stream().noneMatch(ScatterLeg::isBusy)) {
      ended();
    }
  }

  /** The statement, which only reads, fails at once: its servers are not waited for. */
  void giveUp(SqlError why) {
    error = Optional.of(why);
    finish();
  }

  /** All rows are with the client, and every shard is through. */
  void complete() {
    if (!over) {
      ended();
    }
  }

  private void ended() {
    if (where.readOnly()) {
      finish();
    } else if (error.isPresent()) {
      commit.rollBack(0);
    } else {
      commit.commit(0);
    }
  }

  /** The transactions on the shards have ended. */
  void committed(Optional<SqlError> outcome) {
    error = outcome;
    finish();
  }

  Optional<SqlError> error() {
    return error;
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
    boolean needed = leg.isBusy() || gatherer.needs(leg) || !where.readOnly();
    leg.lost();
    if (over || !needed) {
      return;
    }
    SqlError why = ServerSeeker.lost(leg.held());
    if (leg.connection().midRelay() && !suspended) {
      session.goodBye(SqlError.fatal(why.sqlState(), why.message()));
    } else if (suspended) {
      error = error.isPresent() ? error : Optional.of(why);
    } else if (where.readOnly() && !rows.shown() && retries < RETRIES_MAX) {
      retries++;
      drop();
      gatherer.release();
      gatherer = newGatherer();
      rows.startAgain();
      error = Optional.empty();
      start();
    } else if (commit.isUnderWay()) {
      commit.lost(leg, why);
    } else {
      error = error.isPresent() ? error : Optional.of(why);
      finish();
    }
  }

  /** Gives all connections back, those in the midst of something to be closed. */
  private void drop() {
    List<ScatterLeg> all = List.copyOf(legs);
    legs.clear();
    for (ScatterLeg leg : all) {
      if (!leg.isLost()) {
        leg.held().member().load().end();
        leg.reads(true);
        session.pool().release(leg.connection());
      }
    }
  }

  private void finish() {
    if (over) {
      return;
    }
    over = true;
    if (error.isPresent()) {
      rows.release();
    }
    ByteBuf answer =
        error.isPresent()
            ? Answers.noData()
            : rows.end(() -> Answers.complete(session.alloc(), gatherer.tag()));
    drop();
    gatherer.release();
    session.scattering().over(this, error, answer);
  }

  /** Cancels what runs. */
  void cancel() {
    cancelled = true;
    legs.forEach(leg -> CancelRequest.send(session.shared().loops(), leg.connection()));
  }

  /** Nobody wants the rest. */
  void abort() {
    if (!over) {
      over = true;
      suspended = false;
      drop();
      gatherer.release();
      rows.release();
    }
  }
}
