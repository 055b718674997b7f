package dev.terrace.engines.postgresql;

import dev.terrace.core.pool.Address;
import dev.terrace.engine.EngineFailure;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;

/**
 * Takes away what has left a shard that serves on, all of it at one moment: the rows are deleted in
 * a transaction that is held open until then. Meanwhile all still see them; whoever would change
 * one of them waits. Triggers and foreign keys do not act.
 *
 * <p>Closing it before {@link #commit} leaves everything as it was, but for what {@link #prepare}
 * has kept.
 */
public final class Farewell implements AutoCloseable {

  private static final Duration TIMEOUT = Duration.ofHours(24);
  private static final String RIGHT =
      "own the tables and be granted SET ON PARAMETER session_replication_role";
  private static final String STEP = "deleting what has left";

  private final Steps steps;
  private final ReshardNames names;
  private final Address server;
  private final Connection connection;

  private Farewell(Steps steps, ReshardNames names, Address server, Connection opened) {
    this.steps = steps;
    this.names = names;
    this.server = server;
    this.connection = opened;
  }

  /**
   * Deletes and prepares.
   *
   * @param tables those that lose rows
   * @param shard the shard's number by the placements to come
   */
  static Farewell prepare(
      Steps steps, ReshardNames names, Address server, List<ReshardTable> tables, int shard)
      throws EngineFailure {
    Connection opened = steps.open(server, TIMEOUT);
    Farewell farewell = new Farewell(steps, names, server, opened);
    try {
      opened.setAutoCommit(false);
      Steps.run(opened, "SET LOCAL session_replication_role = replica");
      for (ReshardTable table : tables) {
        Steps.run(
            opened,
            "DELETE FROM " + table.quoted() + " WHERE (" + table.at(shard).sql() + ") IS NOT TRUE");
      }
      Steps.run(opened, "PREPARE TRANSACTION " + RowFilter.literal(names.farewell()));
      return farewell;
    } catch (SQLException e) {
      farewell.close();
      throw steps.failure(server, STEP, RIGHT, e);
    }
  }

  /** They are gone. */
  public void commit() throws EngineFailure {
    try {
      connection.setAutoCommit(true);
      Steps.run(connection, "COMMIT PREPARED " + RowFilter.literal(names.farewell()));
    } catch (SQLException e) {
      throw steps.failure(server, STEP, RIGHT, e);
    }
  }

  @Override
  public void close() {
    try {
      connection.close();
    } catch (SQLException e) {
      // What is prepared stays until it is ended.
    }
  }

  /**
   * Ends what a crash has left prepared.
   *
   * @param commits whether the rows have left: the placement of this resharding is in force
   */
  static boolean end(Steps steps, ReshardNames names, Address server, boolean commits)
      throws EngineFailure {
    return steps.on(
        server,
        "ending a prepared deletion",
        RIGHT,
        connection -> {
          String name = RowFilter.literal(names.farewell());
          boolean found =
              !Steps.ask(
                      connection,
                      "SELECT count(*) FROM pg_prepared_xacts WHERE database ="
                          + " current_database() AND gid = "
                          + name)
                  .equals("0");
          if (found) {
            Steps.run(connection, (commits ? "COMMIT" : "ROLLBACK") + " PREPARED " + name);
          }
          return found;
        });
  }
}
