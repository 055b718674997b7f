package dev.terrace.sql.session;

import dev.terrace.sql.plan.Plan;
import dev.terrace.sql.server.ServerConnection;
import io.netty.buffer.ByteBuf;

/** A statement with its parameters bound, ready to run. */
sealed interface Portal {

  /** One that Terrace answers itself. */
  record Local(Plan plan) implements Portal {}

  /** One that a server holds. */
  record AtServer(ServerPortals.Bound bound, ServerConnection server) implements Portal {}

  /** The end of a transaction that has several servers. */
  record Ending(Plan plan) implements Portal {}

  /** What is said to every server of the transaction. */
  record EveryBranch(Plan plan) implements Portal {}

  /**
   * One that will run on several shards.
   *
   * @param bound what follows the statement's name in Bind
   * @param gone told when that is not kept any more
   */
  record Scattered(
      Statement statement,
      Plan plan,
      Decision.Scatter where,
      ByteBuf bound,
      Binding binding,
      Runnable gone)
      implements Portal {

    private void letGo() {
      bound.release();
      gone.run();
    }
  }

  /** One that runs or has run on several shards, which it does only once. */
  record Ran(Scattered scattered, Scatter scatter) implements Portal {}

  /** Lets go of what it holds. */
  default void release() {
    if (this instanceof Scattered scattered) {
      scattered.letGo();
    } else if (this instanceof Ran(Scattered scattered, Scatter scatter)) {
      scatter.abort();
      scattered.letGo();
    }
  }
}
