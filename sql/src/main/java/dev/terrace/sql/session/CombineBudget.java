package dev.terrace.sql.session;

import dev.terrace.sql.wire.SqlError;

/** How much memory one statement's rows of several shards may take. */
final class CombineBudget {

  private final Scatter scatter;
  private final long bytesMax;
  private long bytes;
  private long taken;

  CombineBudget(Scatter scatter) {
    this.scatter = scatter;
    this.bytesMax = scatter.session().service().config().combineMemory().bytes();
  }

  /** The rows are gone. */
  void release() {
    scatter.session().state().memory().give(taken);
    taken = 0;
  }

  /** Takes some for a row; if there is no more, the statement fails. */
  void takes(int more) {
    bytes += more;
    scatter.session().service().meters().combined(more);
    SessionMemory memory = scatter.session().state().memory();
    if (memory.take(more)) {
      taken += more;
    } else if (!scatter.hasFailed()) {
      scatter.giveUp(memory.exhausted());
    }
    if (bytes > bytesMax && !scatter.hasFailed()) {
      scatter.giveUp(
          SqlError.error(
              "53400",
              "the rows of several shards that this statement combines take more than "
                  + bytesMax
                  + " bytes",
              "Raise sql.combine-memory, add LIMIT, group by the sharding key, or order by"
                  + " something that is not text, or text COLLATE \"C\"."));
    }
  }
}
