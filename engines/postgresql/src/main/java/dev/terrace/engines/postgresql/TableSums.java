package dev.terrace.engines.postgresql;

import dev.terrace.core.pool.Address;
import dev.terrace.engine.EngineFailure;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Counts the rows of tables and sums their hashes, all in one picture of a server's data that is
 * taken when this is opened, so that it can be compared with another's of the same moment.
 */
public final class TableSums implements AutoCloseable {

  private static final Duration TIMEOUT = Duration.ofHours(24);
  private static final String STEP = "summing up rows";

  private final Steps steps;
  private final Address server;
  private final Connection connection;

  private TableSums(Steps steps, Address server, Connection connection) {
    this.steps = steps;
    this.server = server;
    this.connection = connection;
  }

  /**
   * What a table holds.
   *
   * @param rows how many rows
   * @param hash the sum of the hashes of their texts
   */
  public record Sum(long rows, BigDecimal hash) {

    /** Of no rows. */
    public static final Sum NONE = new Sum(0, BigDecimal.ZERO);

    /** Both together. */
    public Sum plus(Sum other) {
      return new Sum(rows + other.rows, hash.add(other.hash));
    }
  }

  /** Takes the picture. */
  static TableSums open(Steps steps, Address server) throws EngineFailure {
    Connection opened = steps.open(server, TIMEOUT);
    TableSums sums = new TableSums(steps, server, opened);
    try {
      // One text for one value, whatever the server is set to.
      Steps.run(opened, "SET extra_float_digits = 1");
      Steps.run(opened, "SET datestyle = ISO");
      Steps.run(opened, "SET intervalstyle = postgres");
      Steps.run(opened, "SET bytea_output = hex");
      opened.setAutoCommit(false);
      Steps.run(opened, "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY");
      Steps.ask(opened, "SELECT 1");
      return sums;
    } catch (SQLException e) {
      sums.close();
      throw steps.failure(server, STEP, "SELECT on the tables", e);
    }
  }

  /** Of the rows that belong on a shard. */
  public Sum of(ReshardTable table, int shard) throws EngineFailure {
    return sum(table, " WHERE " + table.at(shard).sql());
  }

  /** Of all rows. */
  public Sum of(ReshardTable table) throws EngineFailure {
    return sum(table, "");
  }

  private Sum sum(ReshardTable table, String where) throws EngineFailure {
    try {
      TableForm form = TableForm.all(connection, List.of(table)).get(table.name());
      if (form == null) {
        return Sum.NONE;
      }
      // By name: the order of columns may differ.
      String row =
          form.columns().keySet().stream()
              .map(Statements::quoted)
              .collect(Collectors.joining(", ", "ROW(", ")::text"));
      List<String> answer =
          Steps.rows(
                  connection,
                  "SELECT count(*), coalesce(sum(hashtextextended("
                      + row
                      + ", 0)::numeric), 0) FROM "
                      + table.quoted()
                      + where)
              .getFirst();
      return new Sum(Long.parseLong(answer.get(0)), new BigDecimal(answer.get(1)));
    } catch (SQLException e) {
      throw steps.failure(server, STEP, "SELECT on the tables", e);
    }
  }

  @Override
  public void close() {
    try {
      connection.close();
    } catch (SQLException e) {
      // It has only read.
    }
  }
}
