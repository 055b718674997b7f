package dev.terrace.sql.session;

import dev.terrace.sql.wire.SqlError;
import java.util.List;
import java.util.Optional;

/**
 * The end of a write on several shards. The commits follow one another, so a failure of the first
 * undoes all; what cannot be undone any more is said.
 */
final class ScatterCommit {

  private final Scatter scatter;
  private final Session session;
  private final Decision.Scatter where;
  private Optional<SqlError> outcome = Optional.empty();
  private boolean committing;
  private boolean rollingBack;
  private int ending;

  ScatterCommit(Scatter scatter, Session session, Decision.Scatter where) {
    this.scatter = scatter;
    this.session = session;
    this.where = where;
  }

  /** Whether it has begun. */
  boolean isUnderWay() {
    return committing || rollingBack;
  }

  /** Commits on the shard and those after it. */
  void commit(int index) {
    committing = true;
    ending = index;
    List<ScatterLeg> legs = scatter.legs();
    if (index == legs.size()) {
      committing = false;
      scatter.committed(outcome);
      return;
    }
    ScatterLeg leg = legs.get(index);
    if (leg.isLost()) {
      failed(index, ServerSeeker.lost(leg.held()));
      return;
    }
    leg.run(
        "COMMIT",
        error -> {
          if (error.isEmpty()) {
            session.writes().done(leg.held().shard(), System.nanoTime());
            commit(index + 1);
          } else {
            failed(index, error.get());
          }
        });
  }

  private void failed(int index, SqlError why) {
    // Lost while it committed: nobody knows whether it did.
    boolean unknown = scatter.legs().get(index).isLost() && index == ending;
    outcome = Optional.of(index == 0 && !unknown ? why : halfCommitted(index, why));
    committing = false;
    rollBackFrom(index + 1);
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

  /** Undoes what was done on the shard and those after it. */
  void rollBack(int index) {
    outcome = scatter.error();
    rollBackFrom(index);
  }

  private void rollBackFrom(int index) {
    rollingBack = true;
    List<ScatterLeg> legs = scatter.legs();
    int next = index;
    while (next < legs.size() && legs.get(next).isLost()) {
      next++;
    }
    if (next >= legs.size()) {
      rollingBack = false;
      scatter.committed(outcome);
      return;
    }
    int after = next + 1;
    ending = next;
    legs.get(next).run("ROLLBACK", error -> rollBackFrom(after));
  }

  /** A server was lost in between. */
  void lost(ScatterLeg leg, SqlError why) {
    if (committing && leg.index() == ending) {
      failed(ending, why);
    } else if (rollingBack && leg.index() == ending) {
      rollBackFrom(ending + 1);
    }
  }
}
