package dev.terrace.sql.session;

import dev.terrace.sql.plan.Gather;
import dev.terrace.sql.wire.SqlError;
import java.util.List;

/** What a session does with one statement. */
sealed interface Decision {

  /** Answers it itself. */
  record Local() implements Decision {}

  /** Sends it to one server. */
  record Server(Target target) implements Decision {}

  /**
   * Sends it to several shards at once.
   *
   * @param readOnly whether it changes nothing
   * @param replicas whether replicas may answer it
   * @param joins whether it is a part of the session's transaction
   */
  record Scatter(
      List<Integer> shards, boolean readOnly, boolean replicas, boolean joins, Gather gather)
      implements Decision {
    public Scatter {
      shards = List.copyOf(shards);
    }
  }

  /** Ends the transaction on all its servers. */
  record End() implements Decision {}

  /** Says it to every server of the transaction. */
  record EveryBranch() implements Decision {}

  /** Refuses it. */
  record Refuse(SqlError error) implements Decision {}
}
