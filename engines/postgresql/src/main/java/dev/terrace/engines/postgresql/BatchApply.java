package dev.terrace.engines.postgresql;

import dev.terrace.core.pool.Address;
import dev.terrace.engine.Batch;
import dev.terrace.engine.Batch.Item;
import dev.terrace.engine.Batch.Refused;
import dev.terrace.engine.Change;
import dev.terrace.engine.EngineFailure;
import dev.terrace.engine.EngineFailure.Kind;
import dev.terrace.engine.Field;
import dev.terrace.engine.Table.Column;
import dev.terrace.engine.TableRef;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Applies batches to one server: rows in sets, and the log's position, in one transaction. */
final class BatchApply {

  private final PostgresEngine engine;
  private final Address server;

  BatchApply(PostgresEngine engine, Address server) {
    this.engine = engine;
    this.server = server;
  }

  /** A failure of the server, with what was being written then. */
  private static final class Failed extends Exception {
    private static final long serialVersionUID = 1L;
    private final transient EngineFailure failure;
    private final transient SQLException cause;

    Failed(EngineFailure failure, SQLException cause) {
      super(cause);
      this.failure = failure;
      this.cause = cause;
    }
  }

  void apply(Batch batch, Batch.@Nullable Sparing sparing) throws EngineFailure {
    EngineFailure last = null;
    for (int attempt = 0; attempt < PostgresTransaction.ATTEMPTS; attempt++) {
      try {
        attempt(batch, sparing);
        return;
      } catch (Failed e) {
        last = e.failure;
        if (!Failures.worthRetry(e.cause) && !AppliedLogs.isMissing(e.cause)) {
          throw e.failure;
        }
      }
    }
    throw last != null ? last : new EngineFailure(Kind.TIMEOUT, "no attempt was made");
  }

  private void attempt(Batch batch, Batch.@Nullable Sparing sparing) throws EngineFailure, Failed {
    ServerConnections connections = engine.connections(server);
    Connection connection = connections.take();
    boolean broken = true;
    try {
      connection.setAutoCommit(false);
      if (advance(connection, batch)) {
        write(connection, batch, sparing);
        commit(connection, batch);
      } else {
        connection.rollback();
      }
      connection.setAutoCommit(true);
      broken = false;
    } catch (SQLException e) {
      throw new Failed(Failures.statement(server, AppliedLogs.TABLE, List.of(), e), e);
    } finally {
      // What is left of a transaction is rolled back by closing.
      connections.give(connection, broken);
    }
  }

  private static boolean advance(Connection connection, Batch batch) throws SQLException {
    try {
      return AppliedLogs.advance(connection, batch.log(), batch.upTo());
    } catch (SQLException e) {
      if (!AppliedLogs.isMissing(e)) {
        throw e;
      }
      connection.rollback();
      AppliedLogs.create(connection);
      connection.commit();
      return AppliedLogs.advance(connection, batch.log(), batch.upTo());
    }
  }

  private void write(Connection connection, Batch batch, Batch.@Nullable Sparing sparing)
      throws SQLException, EngineFailure, Failed {
    if (sparing == null) {
      write(connection, batch.items());
      return;
    }
    List<Refused> refused = new ArrayList<>();
    spare(connection, batch.items(), refused);
    if (!refused.isEmpty()) {
      sparing.without(refused);
    }
  }

  /** Writes all that can be written: what is refused as a whole is tried by halves. */
  private void spare(Connection connection, List<Item> items, List<Refused> refused)
      throws SQLException, Failed, EngineFailure {
    if (items.isEmpty()) {
      return;
    }
    Savepoint before = connection.setSavepoint();
    try {
      write(connection, items);
      settleConstraints(connection);
      connection.releaseSavepoint(before);
    } catch (Failed e) {
      if (!isRefusal(e.failure)) {
        throw e;
      }
      halve(connection, items, before, e.failure, refused);
    } catch (EngineFailure e) {
      if (!isRefusal(e)) {
        throw e;
      }
      halve(connection, items, before, e, refused);
    }
  }

  /** Constraints that wait for the commit must be heard here, where it is known whose they are. */
  private void settleConstraints(Connection connection) throws Failed {
    try (Statement statement = connection.createStatement()) {
      statement.execute("SET CONSTRAINTS ALL IMMEDIATE");
      statement.execute("SET CONSTRAINTS ALL DEFERRED");
    } catch (SQLException e) {
      throw new Failed(Failures.statement(server, "a constraint", List.of(), e), e);
    }
  }

  private void halve(
      Connection connection,
      List<Item> items,
      Savepoint before,
      EngineFailure why,
      List<Refused> refused)
      throws SQLException, Failed, EngineFailure {
    connection.rollback(before);
    if (items.size() == 1) {
      refused.add(new Refused(items.getFirst(), why));
      return;
    }
    int half = items.size() / 2;
    spare(connection, items.subList(0, half), refused);
    spare(connection, items.subList(half, items.size()), refused);
  }

  private static boolean isRefusal(EngineFailure failure) {
    return switch (failure.kind()) {
      case REJECTED, UNKNOWN_FIELD -> true;
      case UNREACHABLE, TIMEOUT, IN_DOUBT, UNKNOWN_TABLE -> false;
    };
  }

  private void commit(Connection connection, Batch batch) throws EngineFailure, Failed {
    try {
      connection.commit();
    } catch (SQLException e) {
      if (Failures.broken(e) || Failures.timedOut(e)) {
        throw new EngineFailure(
            Kind.IN_DOUBT,
            "whether "
                + server
                + " committed what log "
                + batch.log()
                + " holds up to "
                + batch.upTo()
                + " is unknown: "
                + Failures.serverMessage(e),
            e);
      }
      String table = batch.items().isEmpty() ? "" : batch.items().getFirst().table().table();
      throw new Failed(Failures.statement(server, table, List.of(), e), e);
    }
  }

  /** Rows that are written by the same statement. */
  private record Group(TableRef table, List<String> sets, List<String> adds) {}

  private void write(Connection connection, List<Item> items) throws EngineFailure, Failed {
    Map<TableRef, List<Item>> gone = new LinkedHashMap<>();
    Map<Group, List<Item>> written = new LinkedHashMap<>();
    for (Item item : items) {
      switch (item.change()) {
        case Change.Keep() -> {}
        case Change.Delete() -> add(gone, item.table(), item);
        case Change.Replace(List<Field> fields) -> {
          add(gone, item.table(), item);
          add(written, group(item, fields), item);
        }
        case Change.Put(List<Field> fields) -> add(written, group(item, fields), item);
      }
    }
    for (Map.Entry<TableRef, List<Item>> each : gone.entrySet()) {
      run(connection, RowSet.deleting(each.getKey(), each.getValue()));
    }
    for (Map.Entry<Group, List<Item>> each : written.entrySet()) {
      Group group = each.getKey();
      run(connection, RowSet.writing(group.table(), group.sets(), group.adds(), each.getValue()));
    }
  }

  private static <K> void add(Map<K, List<Item>> groups, K group, Item item) {
    groups.computeIfAbsent(group, g -> new ArrayList<>()).add(item);
  }

  private static Group group(Item item, List<Field> fields) {
    return new Group(
        item.table(),
        fields.stream()
            .map(Field::column)
            .filter(c -> !item.table().keyColumns().contains(c))
            .sorted()
            .toList(),
        item.adds().keySet().stream().sorted().toList());
  }

  private void run(Connection connection, RowSet rows) throws EngineFailure, Failed {
    List<Column> parameters = List.of();
    try {
      parameters = rows.parameters(engine.known(connection, rows.table().table(), rows.asked()));
      rows.run(connection, parameters);
    } catch (SQLException e) {
      throw new Failed(Failures.statement(server, rows.table().table(), parameters, e), e);
    }
  }
}
