package dev.terrace.engines.postgresql;

import dev.terrace.core.pool.Address;
import dev.terrace.engine.Engine;
import dev.terrace.engine.EngineFailure;
import dev.terrace.engine.EngineFailure.Kind;
import dev.terrace.engine.Field;
import dev.terrace.engine.Row;
import dev.terrace.engine.StoreSettings;
import dev.terrace.engine.Table;
import dev.terrace.engine.Table.Column;
import dev.terrace.engine.TableRef;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** PostgreSQL through its JDBC driver. */
public final class PostgresEngine implements Engine {

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
  private interface Work<T> {
    T with(Connection connection) throws SQLException;
  }

  private <T> T on(Address server, String table, List<Column> parameters, Work<T> work)
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
              new Column(results.getString(1), results.getString(2), results.getBoolean(3)));
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
  public Map<String, Row> get(Address server, TableRef table, Collection<String> keys)
      throws EngineFailure {
    if (keys.isEmpty()) {
      return Map.of();
    }
    Column key = new Column(table.keyColumn(), "key", false);
    List<Row> rows =
        on(
            server,
            table.table(),
            List.of(key),
            connection -> {
              try (PreparedStatement statement =
                  connection.prepareStatement(Statements.select(table))) {
                statement.setString(1, Statements.array(keys));
                try (ResultSet results = statement.executeQuery()) {
                  return Rows.all(results);
                }
              }
            });
    Map<String, Row> found = HashMap.newHashMap(rows.size());
    for (Row row : rows) {
      byte[] value = row.value(table.keyColumn());
      String text = value == null ? "" : new String(value, StandardCharsets.UTF_8);
      if (found.put(text, row) != null) {
        throw new EngineFailure(
            Kind.REJECTED,
            table.table()
                + " has several rows whose "
                + table.keyColumn()
                + " is "
                + text
                + ": a key must name one row");
      }
    }
    return found;
  }

  @Override
  public Modified modify(List<Address> on, TableRef table, String key, Decision decision)
      throws EngineFailure {
    EngineFailure last = null;
    for (int attempt = 0; attempt < Transaction.ATTEMPTS; attempt++) {
      try (Transaction transaction = Transaction.begin(this, on, table, key)) {
        return transaction.run(decision);
      } catch (Transaction.Again again) {
        last = again.failure();
      }
    }
    throw last != null ? last : new EngineFailure(Kind.TIMEOUT, "no attempt was made");
  }

  @Override
  public void close() {
    servers.values().forEach(ServerConnections::close);
  }
}
