package dev.terrace.engines.postgresql;

import dev.terrace.core.pool.Address;
import dev.terrace.engine.Change;
import dev.terrace.engine.Engine.Decision;
import dev.terrace.engine.Engine.Modified;
import dev.terrace.engine.EngineFailure;
import dev.terrace.engine.EngineFailure.Kind;
import dev.terrace.engine.Field;
import dev.terrace.engine.Row;
import dev.terrace.engine.Table;
import dev.terrace.engine.Table.Column;
import dev.terrace.engine.TableRef;
import java.io.Serial;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One attempt at changing one row, on one server or on several at once: the row is locked on the
 * first, changed on all, and committed on one after the other once all have taken the change.
 */
final class Transaction implements AutoCloseable {

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

  private final PostgresEngine engine;
  private final TableRef table;
  private final String key;
  private final List<Part> parts = new ArrayList<>();
  private boolean ended;

  private Transaction(PostgresEngine engine, TableRef table, String key) {
    this.engine = engine;
    this.table = table;
    this.key = key;
  }

  static Transaction begin(PostgresEngine engine, List<Address> servers, TableRef table, String key)
      throws EngineFailure {
    Transaction transaction = new Transaction(engine, table, key);
    try {
      for (Address server : servers) {
        ServerConnections connections = engine.connections(server);
        Part part = new Part(connections, connections.take());
        transaction.parts.add(part);
        try {
          part.connection.setAutoCommit(false);
        } catch (SQLException e) {
          throw transaction.failed(part, List.of(), e);
        }
      }
      return transaction;
    } catch (EngineFailure e) {
      transaction.close();
      throw e;
    }
  }

  Modified run(Decision decision) throws EngineFailure, Again {
    Part first = parts.getFirst();
    Optional<Row> before;
    try {
      before = locked(first);
    } catch (SQLException e) {
      throw attempt(first, List.of(new Column(table.keyColumn(), "key", false)), e);
    }
    Change change = decision.by(before);
    if (!(change instanceof Change.Keep)) {
      for (Part part : parts) {
        // What the other servers hold is only learnt by trying.
        apply(part, change, part != first || before.isPresent());
      }
      commit();
    }
    return new Modified(before, change);
  }

  private Optional<Row> locked(Part part) throws SQLException {
    try (PreparedStatement statement =
        part.connection.prepareStatement(Statements.selectForUpdate(table))) {
      statement.setString(1, key);
      try (ResultSet results = statement.executeQuery()) {
        return Rows.all(results).stream().findFirst();
      }
    }
  }

  private void apply(Part part, Change change, boolean mayExist) throws EngineFailure, Again {
    switch (change) {
      case Change.Keep() -> {}
      case Change.Delete() -> write(part, Statements.delete(table), List.of());
      case Change.Replace(List<Field> fields) -> {
        write(part, Statements.delete(table), List.of());
        insert(part, fields);
      }
      case Change.Put(List<Field> fields) -> {
        boolean updated =
            mayExist
                && !fields.isEmpty()
                && write(part, Statements.update(table, fields), fields) > 0;
        if (!updated && !(mayExist && fields.isEmpty() && part == parts.getFirst())) {
          insert(part, fields);
        }
      }
    }
  }

  private void insert(Part part, List<Field> fields) throws EngineFailure, Again {
    List<Field> others =
        fields.stream().filter(f -> !f.column().equals(table.keyColumn())).toList();
    if (write(part, Statements.insert(table, others), others) == 0 && part == parts.getFirst()) {
      throw new Again(
          new EngineFailure(
              Kind.TIMEOUT, table.table() + ": other writers kept coming first at key " + key));
    }
  }

  private int write(Part part, String sql, List<Field> fields) throws EngineFailure, Again {
    List<Column> parameters = List.of();
    try {
      parameters = parameters(part, fields);
      try (PreparedStatement statement = part.connection.prepareStatement(sql)) {
        int at = 1;
        for (Field field : fields) {
          bind(statement, at, field, parameters.get(at - 1));
          at++;
        }
        statement.setString(at, key);
        return statement.executeUpdate();
      }
    } catch (SQLException e) {
      throw attempt(part, parameters, e);
    }
  }

  /** The columns of a statement's parameters: the fields', then the key's. */
  private List<Column> parameters(Part part, List<Field> fields)
      throws SQLException, EngineFailure {
    if (fields.isEmpty()) {
      return List.of(new Column(table.keyColumn(), "key", false));
    }
    Table known = engine.known(part.connection, table.table(), fields);
    List<Column> parameters = new ArrayList<>();
    for (Field field : fields) {
      parameters.add(
          known
              .column(field.column())
              .orElseThrow(() ->
                  new EngineFailure(
                      Kind.UNKNOWN_FIELD,
                      table.table()
                          + " has no column '"
                          + field.column()
                          + "', only "
                          + known.columns().stream().map(Column::name).toList())));
    }
    parameters.add(new Column(table.keyColumn(), "key", false));
    return parameters;
  }

  private void bind(PreparedStatement statement, int at, Field field, Column column)
      throws SQLException, EngineFailure {
    byte[] value = field.value();
    if (value == null) {
      statement.setString(at, null);
    } else if (column.binary()) {
      statement.setBytes(at, value);
    } else {
      statement.setString(at, text(value, column));
    }
  }

  private String text(byte[] value, Column column) throws EngineFailure {
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(value)).toString();
      if (text.indexOf('\0') < 0) {
        return text;
      }
    } catch (CharacterCodingException e) {
      // Said below.
    }
    throw new EngineFailure(
        Kind.REJECTED,
        table.table()
            + "."
            + column.name()
            + " ("
            + column.type()
            + "): the value is not UTF-8 text; bytes of any kind need a bytea column");
  }

  private void commit() throws EngineFailure, Again {
    for (int i = 0; i < parts.size(); i++) {
      Part part = parts.get(i);
      try {
        part.connection.commit();
      } catch (SQLException e) {
        boolean refused = !Failures.broken(e) && !Failures.timedOut(e);
        if (i == 0 && refused) {
          throw attempt(part, List.of(), e);
        }
        part.broken = !refused;
        String done = i == 0 ? "" : "; it is committed on " + names(parts.subList(0, i));
        throw new EngineFailure(
            Kind.IN_DOUBT,
            "whether "
                + part.from.server()
                + " committed the change of "
                + table.table()
                + " is unknown: "
                + Failures.serverMessage(e)
                + done,
            e);
      }
    }
    ended = true;
  }

  private static List<Address> names(List<Part> parts) {
    return parts.stream().map(p -> p.from.server()).toList();
  }

  /** What becomes of an attempt that failed before its first commit. */
  private EngineFailure attempt(Part part, List<Column> parameters, SQLException e) throws Again {
    EngineFailure failure = failed(part, parameters, e);
    if (Failures.worthRetry(e)) {
      throw new Again(failure);
    }
    return failure;
  }

  private EngineFailure failed(Part part, List<Column> parameters, SQLException e) {
    part.broken |= Failures.broken(e) || Failures.timedOut(e);
    return Failures.statement(part.from.server(), table.table(), parameters, e);
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
