package dev.terrace.sql.plan;

import java.util.List;

/** Where a statement goes, and why. */
public sealed interface Routing {

  /** For people: log, explain and error messages. */
  String reason();

  /**
   * To one shard.
   *
   * @param readOnly whether a replica may answer it
   */
  record One(int shard, boolean readOnly, String reason) implements Routing {}

  /**
   * To one shard, no matter which: the one the transaction is on already, or any.
   *
   * @param readOnly whether a replica may answer it
   */
  record AnyShard(boolean readOnly, String reason) implements Routing {}

  /** To some shards, at least two, ascending. */
  record Some(List<Integer> shards, boolean readOnly, Gather gather, String reason)
      implements Routing {
    public Some {
      shards = List.copyOf(shards);
    }
  }

  /** To every shard. */
  record All(boolean readOnly, Gather gather, String reason) implements Routing {}

  /**
   * To the store's coordinator, which reads of several shards together.
   *
   * @param otherwise what to say where that cannot be
   */
  record Coordinated(Refused otherwise) implements Routing {
    @Override
    public String reason() {
      return otherwise.reason();
    }
  }

  /**
   * To the session itself: it is about the transaction, settings, prepared statements or cursors
   * that the session has, wherever those are; {@link Plan#kind} and {@link Plan#command} say what.
   */
  record Session(String reason) implements Routing {}

  /**
   * Nowhere: the answer would be wrong, or cannot be known to be right.
   *
   * @param sqlState PostgreSQL's error code, 0A000 if it is merely not supported
   * @param message the error's message
   * @param hint what to do instead, empty if there is nothing to say
   */
  record Refused(String sqlState, String message, String hint) implements Routing {
    @Override
    public String reason() {
      return message;
    }
  }
}
