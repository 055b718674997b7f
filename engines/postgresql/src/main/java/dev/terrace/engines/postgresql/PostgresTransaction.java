package dev.terrace.engines.postgresql;

import dev.terrace.core.pool.Address;
import dev.terrace.engine.Change;
import dev.terrace.engine.Engine.Transaction;
import dev.terrace.engine.Engine.Work;
import dev.terrace.engine.EngineFailure;
import dev.terrace.engine.EngineFailure.Kind;
import dev.terrace.engine.Field;
import dev.terrace.engine.Row;
import dev.terrace.engine.RowKey;
import dev.terrace.engine.Table;
import dev.terrace.engine.Table.Column;
import dev.terrace.engine.TableRef;
import java.io.Serial;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One attempt at a transaction, on one server or on several at once: rows are locked on the first,
 * changed on all, and committed on one after the other once all have taken the changes.
 */
final class PostgresTransaction implements Transaction, AutoCloseable {

  static final int ATTEMPTS = 5;

  /** Another writer came between; the attempt left nothing behind. */
  static final class Again extends Exception {
    @Serial private static final long serialVersionUID = 1L;
    private final EngineFailure failure;

    Again(EngineFailure failure) {
      super(failure);
      this.failure = failure;
    }

    EngineFailure failure() {
      return failure;
    }
  }

  private static final class Part {
    final ServerConnections from;
    final Connection connection;
    boolean broken;

    Part(ServerConnections from, Connection connection) {
      this.from = from;
      this.connection = connection;
    }
  }

  /** Which row of which table. */
  private record Place(TableRef table, RowKey key) {}

  private final PostgresEngine engine;
  private final List<Part> parts = new ArrayList<>();

  /** Whether the rows that were read or changed are there now, on the first server. */
  private final Map<Place, Boolean> known = new HashMap<>();

  private boolean changed;
  private boolean ended;

  /** What makes another attempt worth while; it passes through the work as a failure. */
  private @Nullable EngineFailure outrun;

  private PostgresTransaction(PostgresEngine engine) {
    this.engine = engine;
  }

  static PostgresTransaction begin(PostgresEngine engine, List<Address> servers)
      throws EngineFailure {
    PostgresTransaction transaction = new PostgresTransaction(engine);
    try {
      for (Address server : servers) {
        ServerConnections connections = engine.connections(server);
        Part part = new Part(connections, connections.take());
        transaction.parts.add(part);
        try {
          part.connection.setAutoCommit(false);
        } catch (SQLException e) {
          throw transaction.failed(part, "a transaction", List.of(), e);
        }
      }
      return transaction;
    } catch (EngineFailure e) {
      transaction.close();
      throw e;
    }
  }

  <T> T run(Work<T> work) throws EngineFailure, Again {
    T result;
    try {
      result = work.in(this);
    } catch (EngineFailure e) {
      if (outrun == null) {
        throw e;
      }
      throw new Again(outrun);
    }
    if (outrun != null) {
      throw new Again(outrun);
    }
    if (changed) {
      commit();
    }
    return result;
  }

  @Override
  public Optional<Row> read(TableRef table, RowKey key) throws EngineFailure {
    Part first = parts.getFirst();
    try (PreparedStatement statement =
        first.connection.prepareStatement(Statements.selectForUpdate(table))) {
      Binding.key(statement, 1, key);
      try (ResultSet results = statement.executeQuery()) {
        Optional<Row> row = Rows.all(results).stream().findFirst();
        known.put(new Place(table, key), row.isPresent());
        return row;
      }
    } catch (SQLException e) {
      throw attempt(first, table, PostgresEngine.keyColumns(table), e);
    }
  }

  @Override
  public <T> T part(Work<T> work) throws EngineFailure {
    Map<Place, Boolean> before = new HashMap<>(known);
    List<Savepoint> savepoints = new ArrayList<>();
    for (Part part : parts) {
      try {
        savepoints.add(part.connection.setSavepoint());
      } catch (SQLException e) {
        throw failed(part, tables(), List.of(), e);
      }
    }
    boolean undo = false;
    try {
      return work.in(this);
    } catch (EngineFailure e) {
      undo =
          switch (e.kind()) {
            case REJECTED, UNKNOWN_FIELD, UNKNOWN_TABLE -> true;
            case UNREACHABLE, TIMEOUT, IN_DOUBT -> false;
          };
      throw e;
    } finally {
      if (undo) {
        known.clear();
        known.putAll(before);
      }
      end(savepoints, undo);
    }
  }

  private void end(List<Savepoint> savepoints, boolean undo) throws EngineFailure {
    for (int i = 0; i < parts.size(); i++) {
      Part part = parts.get(i);
      try {
        if (undo) {
          part.connection.rollback(savepoints.get(i));
        } else if (!part.broken && outrun == null) {
          part.connection.releaseSavepoint(savepoints.get(i));
        }
      } catch (SQLException e) {
        throw failed(part, tables(), List.of(), e);
      }
    }
  }

  @Override
  public Optional<Row> change(TableRef table, RowKey key, Change change) throws EngineFailure {
    if (change instanceof Change.Keep) {
      return read(table, key);
    }
    Place place = new Place(table, key);
    Boolean there = known.get(place);
    if (there == null) {
      there = read(table, key).isPresent();
    }
    changed = true;
    Optional<Row> after = Optional.empty();
    for (Part part : parts) {
      boolean first = part == parts.getFirst();
      // What the other servers hold is only learnt by trying.
      Optional<Row> left = apply(part, place, change, !first || there);
      after = first ? left : after;
    }
    known.put(place, !(change instanceof Change.Delete));
    return after;
  }

  private Optional<Row> apply(Part part, Place place, Change change, boolean mayExist)
      throws EngineFailure {
    return switch (change) {
      case Change.Keep() -> Optional.empty();
      case Change.Delete() -> {
        delete(part, place);
        yield Optional.empty();
      }
      case Change.Replace(List<Field> fields) -> {
        delete(part, place);
        yield insert(part, place, fields);
      }
      case Change.Put(List<Field> fields) -> {
        Optional<Row> updated = Optional.empty();
        if (mayExist && !fields.isEmpty()) {
          updated = write(part, place, Statements.update(place.table(), fields), fields);
        } else if (mayExist && part == parts.getFirst()) {
          updated = read(place.table(), place.key());
        }
        yield updated.isPresent() ? updated : insert(part, place, fields);
      }
    };
  }

  private Optional<Row> insert(Part part, Place place, List<Field> fields) throws EngineFailure {
    List<Field> others =
        fields.stream().filter(f -> !place.table().keyColumns().contains(f.column())).toList();
    Optional<Row> row = write(part, place, Statements.insert(place.table(), others), others);
    if (row.isEmpty() && part == parts.getFirst()) {
      outrun =
          new EngineFailure(
              Kind.TIMEOUT,
              place.table().table() + ": other writers kept coming first at key " + place.key());
      throw outrun;
    }
    return row;
  }

  private void delete(Part part, Place place) throws EngineFailure {
    write(part, place, Statements.delete(place.table()), List.of());
  }

  /** Runs a statement whose parameters are the fields and then the key; the row it returns. */
  private Optional<Row> write(Part part, Place place, String sql, List<Field> fields)
      throws EngineFailure {
    List<Column> parameters = List.of();
    try {
      parameters = parameters(part, place.table(), fields);
      try (PreparedStatement statement = part.connection.prepareStatement(sql)) {
        int at = 1;
        for (Field field : fields) {
          Binding.field(statement, at, place.table(), field, parameters.get(at - 1));
          at++;
        }
        Binding.key(statement, at, place.key());
        if (!statement.execute()) {
          return Optional.empty();
        }
        try (ResultSet results = statement.getResultSet()) {
          return Rows.all(results).stream().findFirst();
        }
      }
    } catch (SQLException e) {
      throw attempt(part, place.table(), parameters, e);
    }
  }

  /** The columns of a statement's parameters: the fields', then the key's. */
  private List<Column> parameters(Part part, TableRef table, List<Field> fields)
      throws SQLException, EngineFailure {
    List<Column> parameters = new ArrayList<>();
    if (!fields.isEmpty()) {
      Table described = engine.known(part.connection, table.table(), fields);
      for (Field field : fields) {
        parameters.add(
            described
                .column(field.column())
                .orElseThrow(() ->
                    new EngineFailure(
                        Kind.UNKNOWN_FIELD,
                        table.table()
                            + " has no column '"
                            + field.column()
                            + "', only "
                            + described.columns().stream().map(Column::name).toList())));
      }
    }
    parameters.addAll(PostgresEngine.keyColumns(table));
    return parameters;
  }

  private void commit() throws EngineFailure, Again {
    for (int i = 0; i < parts.size(); i++) {
      Part part = parts.get(i);
      try {
        part.connection.commit();
      } catch (SQLException e) {
        boolean refused = !Failures.broken(e) && !Failures.timedOut(e);
        if (i == 0 && refused) {
          EngineFailure failure = failed(part, tables(), List.of(), e);
          if (Failures.worthRetry(e)) {
            throw new Again(failure);
          }
          throw failure;
        }
        part.broken = !refused;
        String done = i == 0 ? "" : "; it is committed on " + names(parts.subList(0, i));
        throw new EngineFailure(
            Kind.IN_DOUBT,
            "whether "
                + part.from.server()
                + " committed the change of "
                + tables()
                + " is unknown: "
                + Failures.serverMessage(e)
                + done,
            e);
      }
    }
    ended = true;
  }

  private String tables() {
    return known.keySet().stream()
        .map(place -> place.table().table())
        .distinct()
        .sorted()
        .collect(Collectors.joining(", "));
  }

  private static List<Address> names(List<Part> parts) {
    return parts.stream().map(p -> p.from.server()).toList();
  }

  /** What becomes of an attempt that failed before its first commit. */
  private EngineFailure attempt(
      Part part, TableRef table, List<Column> parameters, SQLException e) {
    EngineFailure failure = failed(part, table.table(), parameters, e);
    if (Failures.worthRetry(e)) {
      outrun = failure;
    }
    return failure;
  }

  private EngineFailure failed(Part part, String table, List<Column> parameters, SQLException e) {
    part.broken |= Failures.broken(e) || Failures.timedOut(e);
    return Failures.statement(part.from.server(), table, parameters, e);
  }

  /** Rolls back what was not committed and gives the connections back. */
  @Override
  public void close() {
    for (Part part : parts) {
      try {
        if (!part.broken) {
          if (!ended) {
            part.connection.rollback();
          }
          part.connection.setAutoCommit(true);
        }
      } catch (SQLException e) {
        part.broken = true;
      }
      part.from.give(part.connection, part.broken);
    }
    parts.clear();
  }
}
