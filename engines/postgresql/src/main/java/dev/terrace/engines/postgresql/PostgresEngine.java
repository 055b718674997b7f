package dev.terrace.engines.postgresql;

import dev.terrace.core.pool.Address;
import dev.terrace.engine.Batch;
import dev.terrace.engine.Engine;
import dev.terrace.engine.EngineFailure;
import dev.terrace.engine.EngineFailure.Kind;
import dev.terrace.engine.Field;
import dev.terrace.engine.Row;
import dev.terrace.engine.RowKey;
import dev.terrace.engine.StoreSettings;
import dev.terrace.engine.Table;
import dev.terrace.engine.Table.Column;
import dev.terrace.engine.TableRef;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** PostgreSQL through its JDBC driver. */
public final class PostgresEngine implements Engine {

  /** Rows by several key columns that are asked for at once: each takes parameters. */
  private static final int COMPOSITE_KEYS_MAX = 1024;

  private final Login login;
  private final Map<Address, ServerConnections> servers = new ConcurrentHashMap<>();

  /** The tables that were written to, by name: shards are alike. */
  private final Map<String, Table> tables = new ConcurrentHashMap<>();

  /** An engine without connections; they are made as they are needed. */
  public PostgresEngine(StoreSettings settings) {
    this.login = new Login(settings);
  }

  ServerConnections connections(Address server) {
    return servers.computeIfAbsent(server, s -> new ServerConnections(s, login));
  }

  /** Work with one connection, outside a transaction. */
  @FunctionalInterface
  private interface Call<T> {
    T with(Connection connection) throws SQLException;
  }

  private <T> T on(Address server, String table, List<Column> parameters, Call<T> work)
      throws EngineFailure {
    ServerConnections connections = connections(server);
    Connection connection = connections.take();
    boolean broken = true;
    try {
      T result = work.with(connection);
      broken = false;
      return result;
    } catch (SQLException e) {
      broken = Failures.broken(e) || Failures.timedOut(e);
      throw Failures.statement(server, table, parameters, e);
    } finally {
      connections.give(connection, broken);
    }
  }

  @Override
  public Table describe(Address server, String table) throws EngineFailure {
    return on(server, table, List.of(), connection -> describe(connection, table));
  }

  private Table describe(Connection connection, String table) throws SQLException {
    List<Column> columns = new ArrayList<>();
    try (PreparedStatement statement = connection.prepareStatement(Statements.DESCRIBE)) {
      statement.setString(1, Statements.table(table));
      try (ResultSet results = statement.executeQuery()) {
        while (results.next()) {
          columns.add(
              new Column(
                  results.getString(1),
                  results.getString(2),
                  results.getBoolean(3),
                  results.getBoolean(4),
                  results.getBoolean(5)));
        }
      }
    }
    Table described = new Table(table, columns);
    tables.put(table, described);
    return described;
  }

  /** The table as last described, and as described now if it lacks one of these columns. */
  Table known(Connection connection, String table, List<Field> fields) throws SQLException {
    Table known = tables.get(table);
    boolean enough =
        known != null && fields.stream().allMatch(f -> known.column(f.column()).isPresent());
    return known != null && enough ? known : describe(connection, table);
  }

  @Override
  public Map<RowKey, Row> get(Address server, TableRef table, Collection<RowKey> keys)
      throws EngineFailure {
    if (keys.isEmpty()) {
      return Map.of();
    }
    Map<RowKey, Row> found = HashMap.newHashMap(keys.size());
    List<RowKey> wanted = List.copyOf(keys);
    int most = table.keyColumns().size() == 1 ? wanted.size() : COMPOSITE_KEYS_MAX;
    for (int from = 0; from < wanted.size(); from += most) {
      List<RowKey> some = wanted.subList(from, Math.min(wanted.size(), from + most));
      for (Row row : rows(server, table, some)) {
        RowKey key = key(row, table);
        if (found.put(key, row) != null) {
          throw new EngineFailure(
              Kind.REJECTED,
              table.table()
                  + " has several rows whose "
                  + String.join(", ", table.keyColumns())
                  + " is "
                  + key
                  + ": a key must name one row");
        }
      }
    }
    return found;
  }

  private List<Row> rows(Address server, TableRef table, List<RowKey> keys) throws EngineFailure {
    // Few different statements, so that they stay prepared: the last key fills up.
    int count = Integer.highestOneBit(2 * keys.size() - 1);
    return on(
        server,
        table.table(),
        keyColumns(table),
        connection -> {
          try (PreparedStatement statement =
              connection.prepareStatement(Statements.select(table, count))) {
            if (table.keyColumns().size() == 1) {
              List<String> values = keys.stream().map(k -> k.values().getFirst()).toList();
              statement.setString(1, Statements.array(values));
            } else {
              int at = 1;
              for (int i = 0; i < count; i++) {
                for (String value : keys.get(Math.min(i, keys.size() - 1)).values()) {
                  statement.setString(at++, value);
                }
              }
            }
            try (ResultSet results = statement.executeQuery()) {
              return Rows.all(results);
            }
          }
        });
  }

  private static RowKey key(Row row, TableRef table) {
    return new RowKey(table.keyColumns().stream().map(c -> row.text(c).orElse("")).toList());
  }

  /** The key's columns, as parameters of statements. */
  static List<Column> keyColumns(TableRef table) {
    return table.keyColumns().stream().map(c -> new Column(c, "key", false)).toList();
  }

  @Override
  public List<Row> scan(Address server, TableRef table, Optional<RowKey> after, int limit)
      throws EngineFailure {
    return on(
        server,
        table.table(),
        keyColumns(table),
        connection -> {
          try (PreparedStatement statement =
              connection.prepareStatement(Statements.scan(table, after.isPresent()))) {
            int at = 1;
            for (String value : after.map(RowKey::values).orElse(List.of())) {
              statement.setString(at++, value);
            }
            statement.setInt(at, limit);
            try (ResultSet results = statement.executeQuery()) {
              return Rows.all(results);
            }
          }
        });
  }

  @Override
  public <T> T transact(List<Address> on, Work<T> work) throws EngineFailure {
    EngineFailure last = null;
    for (int attempt = 0; attempt < PostgresTransaction.ATTEMPTS; attempt++) {
      try (PostgresTransaction transaction = PostgresTransaction.begin(this, on)) {
        return transaction.run(work);
      } catch (PostgresTransaction.Again again) {
        last = again.failure();
      }
    }
    throw last != null ? last : new EngineFailure(Kind.TIMEOUT, "no attempt was made");
  }

  @Override
  public void apply(Address server, Batch batch, Batch.@Nullable Sparing sparing)
      throws EngineFailure {
    new BatchApply(this, server).apply(batch, sparing);
  }

  @Override
  public long applied(Address server, String log) throws EngineFailure {
    return on(
        server, AppliedLogs.TABLE, List.of(), connection -> AppliedLogs.position(connection, log));
  }

  @Override
  public void close() {
    servers.values().forEach(ServerConnections::close);
  }
}
