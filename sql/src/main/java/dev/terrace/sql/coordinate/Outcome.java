package dev.terrace.sql.coordinate;

import dev.terrace.core.pool.Address;
import dev.terrace.core.pool.PoolMember;
import dev.terrace.sql.server.Account;
import java.util.List;
import java.util.Map;

/** How a coordinator stands. */
public sealed interface Outcome {

  /**
   * It has the tables as the shards have them.
   *
   * @param member the server
   * @param account as whom it is asked; another one after each change of its tables
   * @param primaries the shards' servers that it asks
   * @param schemaVersion the version of the schema that it has
   * @param leftOut the tables that it does not have, with the reasons
   * @param snapshots the query by which all shards take their snapshots
   */
  record Ready(
      PoolMember member,
      Account account,
      List<Address> primaries,
      long schemaVersion,
      Map<String, String> leftOut,
      String snapshots)
      implements Outcome {

    public Ready {
      primaries = List.copyOf(primaries);
      leftOut = Map.copyOf(leftOut);
    }

    /** The server's address. */
    public Address server() {
      return member.member().address();
    }
  }

  /**
   * It cannot be used.
   *
   * @param passing whether that is likely to change by itself
   */
  record Unready(String why, boolean passing) implements Outcome {}
}
