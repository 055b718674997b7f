package dev.terrace.sql.session;

import dev.terrace.sql.plan.Gather;
import dev.terrace.sql.wire.Answers;
import dev.terrace.sql.wire.SqlError;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A statement that runs on several shards at once. All start together; their rows go to the client
 * one shard after the other, those whose turn has not come being left in the sockets. What writes
 * runs in a transaction on each: all commit, or none does. The commits follow one another, so a
 * failure of the first undoes all; what cannot be undone any more is said.
 */
final class Scatter {

  private static final int RETRIES_MAX = 2;

  private final Session session;
  private final Decision.Scatter where;
  private final ScatterWork work;
  private final List<ScatterLeg> legs = new ArrayList<>();
  private Optional<SqlError> error = Optional.empty();
  private int turn;
  private int ending;
  private boolean committing;
  private boolean relayed;
  private boolean copies;
  private boolean over;
  private int retries;
  private int rows;

  Scatter(Session session, Decision.Scatter where, ScatterWork work) {
    this.session = session;
    this.where = where;
    this.work = work;
  }

  /** Gets a connection to each shard, in their order, so that nobody waits in a circle. */
  void start() {
    if (legs.size() == where.shards().size()) {
      legs.forEach(this::begin);
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
                if (round != retries) {
                  return;
                }
                error = Optional.of(none);
                finish();
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
        () -> {
          if (leg.error().isPresent()) {
            leg.connection().taint();
            error = leg.error();
            finish();
          } else {
            leg.connection().settings(session.settings());
            start();
          }
        });
  }

  private void begin(ScatterLeg leg) {
    session.service().meters().statement(leg.held().shard(), leg.held().replica());
    leg.work(work, !where.readOnly(), () -> worked(leg));
    leg.connection().channel().config().setAutoRead(leg.index() == turn);
  }

  /** Whether the client gets what this shard answers now. */
  boolean shows(ScatterLeg leg) {
    boolean wanted = where.gather() == Gather.CONCATENATE || leg.index() == 0;
    return wanted && error.isEmpty() && leg.index() == turn;
  }

  boolean describes() {
    return work.describes();
  }

  /** Whether the client still wants a row: this one then counts. */
  boolean takesRow() {
    return rows++ < work.limit();
  }

  void relay(ByteBuf run) {
    relayed = true;
    session.write(run);
  }

  void copies() {
    copies = true;
  }

  void readComplete(ScatterLeg leg) {
    session.flushClient();
    if (!over && leg.index() == turn && !session.clientTakesMore()) {
      leg.connection().channel().config().setAutoRead(false);
    }
  }

  /** The client takes more again. */
  void goOn() {
    if (turn < legs.size()) {
      legs.get(turn).connection().channel().config().setAutoRead(true);
    }
  }

  /** One shard is through with the statement: the next one's turn. */
  private void worked(ScatterLeg leg) {
    if (error.isEmpty()) {
      error = leg.error();
    }
    turn++;
    if (turn < legs.size()) {
      goOn();
    } else if (where.readOnly()) {
      finish();
    } else if (error.isPresent()) {
      rollBack(0);
    } else {
      commit(0);
    }
  }

  private void commit(int index) {
    committing = true;
    ending = index;
    if (index == legs.size()) {
      finish();
      return;
    }
    ScatterLeg leg = legs.get(index);
    if (leg.isLost()) {
      commitFailed(index, leg.error().orElseThrow());
      return;
    }
    leg.run(
        "COMMIT",
        () -> {
          if (leg.error().isEmpty()) {
            session.writes().done(leg.held().shard(), System.nanoTime());
            commit(index + 1);
          } else {
            commitFailed(index, leg.error().get());
          }
        });
  }

  private void commitFailed(int index, SqlError why) {
    // Lost while it committed: nobody knows whether it did.
    boolean unknown = legs.get(index).isLost() && index == ending;
    error = Optional.of(index == 0 && !unknown ? why : halfCommitted(index, why));
    committing = false;
    rollBack(index + 1);
  }

  private SqlError halfCommitted(int index, SqlError why) {
    List<Integer> with = where.shards().subList(0, index);
    List<Integer> without = where.shards().subList(index, where.shards().size());
    return SqlError.error(
        "08007",
        "committed on shards "
            + with
            + ", not or not surely on "
            + without
            + ": COMMIT on shard "
            + where.shards().get(index)
            + " failed: "
            + why.message(),
        "Run the statement again for the shards that do not have it.");
  }

  private void rollBack(int index) {
    int next = index;
    while (next < legs.size() && legs.get(next).isLost()) {
      next++;
    }
    ending = next;
    if (next >= legs.size()) {
      finish();
    } else {
      int after = next + 1;
      legs.get(next).run("ROLLBACK", () -> rollBack(after));
    }
  }

  /** A shard's server has died. */
  void lost(ScatterLeg leg) {
    leg.held().member().load().fail();
    leg.held().member().load().end();
    if (leg.held().replica()) {
      session.link().seeker().avoid(leg.held().member());
    }
    if (over) {
      return;
    }
    SqlError why = ServerSeeker.lost(leg.held());
    leg.lost(why);
    if (leg.connection().midRelay()) {
      session.goodBye(SqlError.fatal(why.sqlState(), why.message()));
    } else if (where.readOnly() && leg.index() < turn) {
      // It had answered in full.
      return;
    } else if (where.readOnly() && !relayed && retries < RETRIES_MAX) {
      retries++;
      drop();
      turn = 0;
      error = Optional.empty();
      start();
    } else if (committing) {
      if (leg.index() == ending) {
        commitFailed(ending, why);
      }
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
      if (leg.isLost()) {
        continue;
      }
      leg.held().member().load().end();
      leg.connection().channel().config().setAutoRead(true);
      session.pool().release(leg.connection());
    }
  }

  private void finish() {
    if (over) {
      return;
    }
    over = true;
    ByteBuf answer = answer();
    if (copies && error.isEmpty()) {
      session.write(Answers.copyDone());
    }
    drop();
    session.scattered(work, error, answer);
  }

  private ByteBuf answer() {
    List<String> tags = legs.stream().map(ScatterLeg::tag).toList();
    return rows >= work.limit()
        ? Answers.portalSuspended()
        : Answers.complete(session.alloc(), Tags.gather(where.gather(), tags));
  }

  /** Cancels what runs. */
  void cancel() {
    legs.forEach(leg -> CancelRequest.send(session.shared().loops(), leg.connection()));
  }

  /** The client is gone. */
  void abort() {
    over = true;
    drop();
  }
}
