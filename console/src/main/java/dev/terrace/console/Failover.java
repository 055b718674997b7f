package dev.terrace.console;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The promotion of a replica, as an operator asks for it, and what came of it. */
public sealed interface Failover {

  /**
   * What is asked for.
   *
   * @param to the replica that is to be primary; if none is named, the one that is furthest
   * @param force whether to go on if the old primary cannot be asked, whatever is lost by that
   * @param repoint whether to have the other replicas follow the new primary
   */
  record Request(String store, int shard, Optional<String> to, boolean force, boolean repoint) {}

  /**
   * The shard has another primary.
   *
   * @param lostBytesMax what of the old primary's log, as last seen, the new one never had; null if
   *     nothing is lost
   * @param repointed the replicas that were told to follow it
   * @param orphaned the servers that do not follow it: not read from until they do
   * @param warnings what an operator should see to
   */
  record Done(
      String store,
      int shard,
      String from,
      String to,
      int timeline,
      @Nullable Long lostBytesMax,
      List<String> repointed,
      List<String> orphaned,
      List<String> warnings)
      implements Failover {
    public Done {
      repointed = List.copyOf(repointed);
      orphaned = List.copyOf(orphaned);
      warnings = List.copyOf(warnings);
    }
  }

  /** Nothing has changed, and why. */
  record Refused(String error, String remedy) implements Failover {}
}
