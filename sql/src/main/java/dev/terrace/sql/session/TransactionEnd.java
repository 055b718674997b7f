package dev.terrace.sql.session;

import dev.terrace.core.pool.Address;
import dev.terrace.sql.twophase.DecisionLog;
import dev.terrace.sql.twophase.DecisionLog.Outcome;
import dev.terrace.sql.twophase.InDoubt;
import dev.terrace.sql.twophase.SnapshotGate;
import dev.terrace.sql.twophase.TransactionName;
import dev.terrace.sql.wire.SqlError;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;

/**
 * The end of a transaction that has several servers. Where more than one has written they commit in
 * two phases, as {@link DecisionLog} says; the first of them keeps the decision and needs not be
 * prepared.
 */
final class TransactionEnd {

  private static final String PREPARE_HINT =
      "Writes to several shards in one transaction need max_prepared_transactions above 0 on every"
          + " server; or set sql.across-shards to one-by-one, or to refuse.";

  private final Session session;
  private final InDoubt inDoubt;
  private final BiConsumer<String, Optional<SqlError>> done;
  private List<Branch> writers = List.of();
  private List<Branch> prepared = List.of();

  /**
   * @param done takes the tag of what happened, COMMIT or ROLLBACK, or the error that kept it from
   *     being committed
   */
  private TransactionEnd(Session session, BiConsumer<String, Optional<SqlError>> done) {
    this.session = session;
    this.inDoubt = session.shared().inDoubt();
    this.done = done;
  }

  /**
   * Commits what is parked, if that can still be; then all servers are given back and {@code done}
   * is told.
   */
  static void commit(Session session, BiConsumer<String, Optional<SqlError>> done) {
    new TransactionEnd(session, done).commit();
  }

  /** Rolls back what is parked. */
  static void rollBack(Session session, BiConsumer<String, Optional<SqlError>> done) {
    new TransactionEnd(session, done).rollBack(Optional.empty());
  }

  private void rollBack(Optional<SqlError> why) {
    Branches.each(session.branches().all(), branch -> "ROLLBACK", () -> finish("ROLLBACK", why));
  }

  private void finish(String tag, Optional<SqlError> error) {
    if (error.isPresent() || tag.equals("COMMIT")) {
      // With an error it may be there on some.
      long now = System.nanoTime();
      writers.forEach(branch -> session.writes().done(branch.shard(), now));
    }
    if (error.isEmpty() && tag.equals("COMMIT")) {
      session.state().commitSettings(session.branches().held());
    } else if (error.isPresent() && session.transaction().hasSet()) {
      // Some may have kept what others have undone.
      session.branches().held().forEach(held -> held.connection().suspect());
    }
    session.branches().release();
    done.accept(tag, error);
  }

  private void commit() {
    List<Branch> all = session.branches().all();
    boolean failed = session.transaction().failedHere() || all.stream().anyMatch(Branch::isFailed);
    if (failed) {
      rollBack(session.transaction().failure().untold());
      return;
    }
    writers = all.stream().filter(session.branches()::hasWritten).toList();
    List<Branch> readers = new ArrayList<>(all);
    readers.removeAll(writers);
    // Reads may still fail: a serializable transaction learns of its conflict at the end.
    Branches.each(
        readers,
        branch -> "COMMIT",
        () -> {
          SqlError error = Branches.error(readers);
          if (error != null) {
            rollBack(Optional.of(error));
          } else {
            commitWriters();
          }
        });
  }

  private void commitWriters() {
    switch (session.service().config().acrossShards()) {
      case TWO_PHASE -> {
        if (writers.size() < 2) {
          commitOneByOne(0);
        } else {
          ready();
        }
      }
      case ONE_BY_ONE -> commitOneByOne(0);
      case REFUSE -> {
        if (writers.size() < 2) {
          commitOneByOne(0);
        } else {
          rollBack(Optional.of(refused()));
        }
      }
    }
  }

  private static SqlError refused() {
    return SqlError.error(
        "0A000",
        "the transaction has written to several shards",
        "Set sql.across-shards to two-phase, or write to one shard in a transaction.");
  }

  private void commitOneByOne(int index) {
    if (index == writers.size()) {
      finish("COMMIT", Optional.empty());
      return;
    }
    Branch branch = writers.get(index);
    branch.run(
        "COMMIT",
        () -> {
          if (branch.error().isEmpty()) {
            commitOneByOne(index + 1);
          } else if (index == 0) {
            rollBack(branch.error());
          } else {
            rollBack(Optional.of(halfCommitted(index, branch)));
          }
        });
  }

  private SqlError halfCommitted(int index, Branch failed) {
    return SqlError.error(
        "08007",
        "committed on shards "
            + writers.subList(0, index).stream().map(Branch::shard).toList()
            + ", not or not surely on "
            + writers.subList(index, writers.size()).stream().map(Branch::shard).toList()
            + ": "
            + failed.error().map(SqlError::message).orElse(""),
        "Set sql.across-shards to two-phase.");
  }

  /** The deciding shard needs its table. */
  private void ready() {
    Address deciding = writers.getFirst().held().connection().address();
    if (inDoubt.isReady(deciding)) {
      decide();
      return;
    }
    inDoubt.makeReady(
        deciding,
        session.loop(),
        problem -> {
          if (problem.isPresent()) {
            rollBack(
                Optional.of(
                    SqlError.error(
                        "55000",
                        "the table terrace.decision cannot be made: " + problem.get(),
                        "Let the store's user create the schema terrace, or set sql.across-shards"
                            + " to one-by-one.")));
          } else {
            decide();
          }
        });
  }

  private void decide() {
    Branch deciding = writers.getFirst();
    TransactionName chosen = session.shared().names().next(deciding.shard());
    inDoubt.begin(chosen);
    session.shared().gate().expectCommit();
    deciding.run(
        DecisionLog.decide(chosen),
        () -> {
          if (deciding.error().isPresent()) {
            inDoubt.done(chosen);
            rollBack(deciding.error());
          } else {
            prepare(chosen);
          }
        });
  }

  private void prepare(TransactionName chosen) {
    prepared = writers.subList(1, writers.size());
    Branches.each(
        prepared,
        branch -> "PREPARE TRANSACTION '" + chosen.part(branch.shard()) + "'",
        () -> {
          SqlError error = Branches.error(prepared);
          boolean decidingLost = writers.getFirst().isLost();
          if (error != null) {
            undo(chosen, explained(error));
          } else if (decidingLost) {
            undo(chosen, writers.getFirst().error().orElseThrow());
          } else {
            session
                .shared()
                .gate()
                .enter(SnapshotGate.Side.COMMIT, session.loop(), () -> commitDeciding(chosen));
          }
        });
  }

  private static SqlError explained(SqlError error) {
    return error.sqlState().equals("55000")
        ? SqlError.error(error.sqlState(), error.message(), PREPARE_HINT)
        : error;
  }

  /** Rolls everything back: what could be prepared, and the deciding part with its decision. */
  private void undo(TransactionName chosen, SqlError why) {
    List<Branch> done = prepared.stream().filter(b -> b.error().isEmpty()).toList();
    boolean unsure = prepared.stream().anyMatch(Branch::isLost);
    Branches.each(
        done,
        branch -> "ROLLBACK PREPARED '" + chosen.part(branch.shard()) + "'",
        () -> {
          settle(chosen, unsure || Branches.error(done) != null);
          rollBack(Optional.of(why));
        });
  }

  private void settle(TransactionName chosen, boolean leavesParts) {
    if (leavesParts) {
      inDoubt.leave(chosen);
    } else {
      inDoubt.done(chosen);
    }
  }

  private void commitDeciding(TransactionName chosen) {
    Branch deciding = writers.getFirst();
    deciding.run(
        "COMMIT",
        () -> {
          if (deciding.isLost()) {
            // Nobody knows whether it did: whoever serves that shard now can tell.
            inDoubt.ask(chosen, session.loop(), outcome -> learned(chosen, outcome));
          } else if (deciding.error().isPresent()) {
            session.shared().gate().leave();
            undo(chosen, deciding.error().get());
          } else {
            commitPrepared(chosen);
          }
        });
  }

  private void learned(TransactionName chosen, Optional<Outcome> outcome) {
    SqlError lost = writers.getFirst().error().orElseThrow();
    if (outcome.isPresent() && outcome.get() == Outcome.COMMITTED) {
      commitPrepared(chosen);
    } else if (outcome.isPresent()) {
      session.shared().gate().leave();
      undo(chosen, lost);
    } else {
      inDoubt.leave(chosen);
      session.shared().gate().leave();
      finish(
          "ROLLBACK",
          Optional.of(
              SqlError.error(
                  "08007",
                  "whether the transaction is committed is not known yet: " + lost.message(),
                  "Terrace ends it on all shards alike once the server is back.")));
    }
  }

  private void commitPrepared(TransactionName chosen) {
    Branches.each(
        prepared,
        branch -> "COMMIT PREPARED '" + chosen.part(branch.shard()) + "'",
        () -> {
          // Before reads may go on, which must not see what is left.
          settle(chosen, Branches.error(prepared) != null);
          session.shared().gate().leave();
          finish("COMMIT", Optional.empty());
        });
  }
}
