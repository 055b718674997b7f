package dev.terrace.engines.postgresql;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.terrace.core.pool.Address;
import dev.terrace.engine.Engine;
import dev.terrace.engine.Engines;
import dev.terrace.engine.Field;
import dev.terrace.engine.Row;
import dev.terrace.engine.RowKey;
import dev.terrace.engine.StoreSettings;
import dev.terrace.engine.TableRef;
import dev.terrace.sandbox.PostgresCluster;
import dev.terrace.sandbox.PostgresServer;
import dev.terrace.sandbox.PostgresSpec;
import dev.terrace.testkit.engine.EngineContract;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** PostgreSQL keeps the contract. */
class PostgresEngineTest extends EngineContract {

  private static final TableRef TABLE = new TableRef("Contract Rows", "id");

  @SuppressWarnings("NullAway.Init") // set before all tests
  private static PostgresCluster cluster;

  @BeforeAll
  static void start() {
    cluster = PostgresCluster.start(PostgresSpec.of(2, 0));
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  static StoreSettings settings(Duration timeout) {
    return new StoreSettings(
        "shop", "shop", "shop", "shop", Optional.empty(), timeout, Duration.ofSeconds(1), 16);
  }

  @Override
  protected Engine open(Duration timeout) {
    return Engines.installed().open("postgresql", settings(timeout));
  }

  @Override
  protected Address server() {
    return Address.parse(cluster.primary(0).address());
  }

  @Override
  protected Address other() {
    return Address.parse(cluster.primary(1).address());
  }

  @Override
  protected TableRef emptyTable() throws Exception {
    for (PostgresServer server : cluster.servers()) {
      server.execute(
          """
          DROP TABLE IF EXISTS "Contract Rows";
          CREATE TABLE "Contract Rows" (
            id bigint PRIMARY KEY, name text, count int, price numeric(10,2), flag boolean,
            data bytea, short varchar(5), doc jsonb, day date, at timestamptz, "odd ""name" text)
          """);
    }
    return TABLE;
  }

  @Override
  protected AutoCloseable lock(String key) throws Exception {
    Connection connection = cluster.primary(0).connect();
    connection.setAutoCommit(false);
    try (var statement = connection.createStatement()) {
      statement.execute("SELECT 1 FROM \"Contract Rows\" WHERE id = " + key + " FOR UPDATE");
    }
    return connection;
  }

  @Override
  protected void stopServer() {
    cluster.primary(0).kill();
  }

  @Override
  protected void startServer() {
    cluster.primary(0).start();
  }

  @Test
  void commonTypesPrintAsInPsql() throws Exception {
    TableRef table = emptyTable();
    try (Engine engine = open(Duration.ofSeconds(2))) {
      engine.put(
          List.of(server()),
          table,
          RowKey.of("1"),
          List.of(
              Field.of("doc", "{\"a\":[1,2]}"),
              Field.of("day", "2026-01-31"),
              Field.of("at", "2026-01-31 12:00:00.25+02"),
              Field.of("odd \"name", "quoted")));
      Row row =
          requireNonNull(engine.get(server(), table, List.of(RowKey.of("1"))).get(RowKey.of("1")));
      assertThat(row.text("doc")).contains("{\"a\": [1, 2]}");
      assertThat(row.text("day")).contains("2026-01-31");
      assertThat(row.text("at")).contains("2026-01-31 10:00:00.25+00");
      assertThat(row.text("odd \"name")).contains("quoted");
    }
  }

  @Test
  void aColumnThatIsAddedMeanwhileIsWrittenAndRead() throws Exception {
    TableRef table = emptyTable();
    try (Engine engine = open(Duration.ofSeconds(2))) {
      for (int i = 0; i < 10; i++) {
        engine.put(List.of(server()), table, RowKey.of("1"), List.of(Field.of("count", "1")));
        engine.get(server(), table, List.of(RowKey.of("1")));
      }
      cluster.primary(0).execute("ALTER TABLE \"Contract Rows\" ADD COLUMN added bytea");
      byte[] value = {0, 1, (byte) 0xFF};
      engine.put(List.of(server()), table, RowKey.of("1"), List.of(Field.of("added", value)));
      Row row =
          requireNonNull(engine.get(server(), table, List.of(RowKey.of("1"))).get(RowKey.of("1")));
      assertThat(row.value("added")).isEqualTo(value);
    }
  }

  @Test
  void aKeyOfSeveralColumnsNamesOneRow() throws Exception {
    for (PostgresServer one : List.of(cluster.primary(0))) {
      one.execute(
          "DROP TABLE IF EXISTS lines; CREATE TABLE lines (n int, part text, v text,"
              + " PRIMARY KEY (n, part))");
    }
    TableRef lines = new TableRef("lines", List.of("n", "part"));
    try (Engine engine = open(Duration.ofSeconds(2))) {
      for (int i = 0; i < 5; i++) {
        for (String part : List.of("a", "b:c", "")) {
          RowKey key = RowKey.of(Integer.toString(i), part);
          engine.put(List.of(server()), lines, key, List.of(Field.of("v", i + part)));
        }
      }
      List<RowKey> asked =
          List.of(
              RowKey.of("1", "b:c"), RowKey.of("2", ""), RowKey.of("3", "a"), RowKey.of("9", "a"));
      Map<RowKey, Row> rows = engine.get(server(), lines, asked);
      assertThat(rows.keySet()).containsExactlyInAnyOrderElementsOf(asked.subList(0, 3));
      assertThat(requireNonNull(rows.get(asked.getFirst())).text("v")).contains("1b:c");
      assertThat(engine.delete(List.of(server()), lines, RowKey.of("1", "b:c"))).isTrue();
      List<Row> behind = engine.scan(server(), lines, Optional.of(RowKey.of("0", "b:c")), 3);
      assertThat(behind).extracting(r -> r.text("v").orElse("")).containsExactly("1", "1a", "2");
    }
  }
}
