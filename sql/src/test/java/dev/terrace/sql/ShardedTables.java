package dev.terrace.sql;

import dev.terrace.config.PoolSpecs;
import dev.terrace.config.TerraceConfig;
import dev.terrace.config.file.ConfigFile;
import dev.terrace.core.freshness.Replication;
import dev.terrace.core.place.Key;
import dev.terrace.core.place.KeyType;
import dev.terrace.core.place.Placement;
import dev.terrace.core.pool.Pools;
import dev.terrace.core.signal.Signals;
import dev.terrace.net.EventLoops;
import dev.terrace.net.Transport;
import dev.terrace.net.tls.CertificateStore;
import dev.terrace.net.tls.MemberTls;
import dev.terrace.sandbox.PostgresCluster;
import dev.terrace.sandbox.PostgresSpec;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * The same rows twice: over three shards behind a front, and in one schema of one server, so that
 * both can be asked the same and must say the same.
 */
final class ShardedTables implements AutoCloseable {

  static final int CUSTOMERS = 150;
  static final int PURCHASES = 500;
  static final int GOODS = 12;
  static final List<String> NAMES =
      List.of(
          "apfel", "Apfel", "äpfel", "Ärger", "Zoë", "zoe", "ZOE", "éclair", "Eclair", "eclair", "",
          "Straße", "strasse", "a b", "a-b", "ab", "O'Hara", "日本", "ß", "_x");
  static final List<String> CITIES = List.of("Ulm", "ulm", "Köln", "Koblenz", "Bern", "Åre");
  static final List<String> STATES = List.of("open", "paid", "sent", "Back");

  private static final int SHARDS = 3;
  private static final Placement PLACEMENT = new Placement.Hash(KeyType.BIGINT, SHARDS);

  private static final String TABLES =
      """
      create table customers (id bigint primary key, name text collate "NAMES", city text, age int,
        score numeric(12,3), ratio float8, born date, vip boolean, tag text collate "C", ref uuid,
        seen timestamptz, small smallint, note varchar(30));
      create table purchases (id bigint, customer_id bigint, product int, amount numeric, qty int,
        made timestamp, status text, weight real, span interval, primary key (customer_id, id));
      create table goods (id int primary key, label text, price numeric(10,2), kind text);
      create table visits (tenant int, id bigint, n int, primary key (tenant, id));
      create table pages (tenant int, id bigint, label text, primary key (tenant, id, label));
      create table readings (at timestamptz, sensor int, value int);
      """;

  /** The rows are the same whatever a test's own seed is. */
  private static final class Dice extends Random {
    private static final long serialVersionUID = 1;

    Dice(long seed) {
      super(seed);
    }

    String pick(List<String> choices) {
      return choices.get(nextInt(choices.size()));
    }
  }

  private final PostgresCluster cluster;
  private final EventLoops loops;
  private final SqlFront front;
  final Signals signals = new Signals();

  /**
   * Further tables, empty at first.
   *
   * @param schema what creates them
   * @param rules a line of the file for each
   */
  record More(String schema, String rules) {
    static final More NONE = new More("", "");
  }

  private ShardedTables(PostgresCluster cluster, String sql, String storeKeys, More more)
      throws IOException {
    this.cluster = cluster;
    this.loops = EventLoops.start(Transport.best(), 2);
    Pools pools = new Pools();
    this.front =
        new SqlFront(
            loops,
            pools,
            new Replication(),
            new CertificateStore(signals),
            new MemberTls(signals),
            signals);
    TerraceConfig file = config(cluster, sql, storeKeys, more);
    pools.configure(PoolSpecs.of(file));
    front.configure(file);
  }

  static ShardedTables start(long seed, String sql) throws IOException, SQLException {
    return start(seed, sql, "");
  }

  /**
   * Serves the tables.
   *
   * @param storeKeys further keys of the store, in one line
   */
  static ShardedTables start(long seed, String sql, String storeKeys)
      throws IOException, SQLException {
    return start(seed, sql, storeKeys, More.NONE);
  }

  static ShardedTables start(long seed, String sql, String storeKeys, More more)
      throws IOException, SQLException {
    PostgresCluster cluster = PostgresCluster.start(PostgresSpec.of(SHARDS, 0));
    boolean icu =
        TestFront.askServer(
                cluster.primary(0),
                "select count(*) from pg_collation where collname = 'und-x-icu'")
            .equals("1");
    String tables = TABLES.replace("NAMES", icu ? "und-x-icu" : "default") + more.schema();
    for (int shard = 0; shard < SHARDS; shard++) {
      cluster.primary(shard).execute(tables);
    }
    cluster.primary(0).execute("create schema plain; set search_path = plain; " + tables);
    fill(cluster, new Dice(seed));
    return new ShardedTables(cluster, sql, storeKeys, more);
  }

  private static void fill(PostgresCluster cluster, Dice random) throws SQLException {
    List<StringBuilder> shards = new ArrayList<>();
    for (int i = 0; i < SHARDS; i++) {
      shards.add(new StringBuilder());
    }
    StringBuilder plain = new StringBuilder("set search_path = plain;");
    for (int id = 1; id <= CUSTOMERS; id++) {
      String row = "insert into customers values (" + customer(id, random) + ");";
      plain.append(row);
      shards.get(shard(id)).append(row);
    }
    for (int id = 1; id <= PURCHASES; id++) {
      // Some buy nothing.
      int customer = 1 + random.nextInt(CUSTOMERS * 3 / 4);
      String row = "insert into purchases values (" + purchase(id, customer, random) + ");";
      plain.append(row);
      shards.get(shard(customer)).append(row);
    }
    for (int id = 1; id <= GOODS; id++) {
      String row =
          "insert into goods values ("
              + id
              + ",'good "
              + (id % 5)
              + "',"
              + (id * 1.25)
              + ",'k"
              + (id % 3)
              + "');";
      plain.append(row);
      shards.forEach(s -> s.append(row));
    }
    cluster.primary(0).execute(plain.toString());
    for (int i = 0; i < SHARDS; i++) {
      cluster.primary(i).execute(shards.get(i) + "; analyze");
    }
  }

  private static int shard(long id) {
    return PLACEMENT.locate(new Key.Whole(id)).shard();
  }

  private static String customer(int id, Dice random) {
    return String.join(
        ",",
        Integer.toString(id),
        text(random.pick(NAMES), random),
        text(random.pick(CITIES), random),
        orNull(Integer.toString(20 + random.nextInt(12)), random),
        orNull(random.nextInt(100) + "." + random.nextInt(10), random),
        orNull(
            random.pick(List.of("'NaN'", "'Infinity'", "-0.0", "0.5", "1e10", "-7.25", "0.1", "3")),
            random),
        orNull("date '2000-01-01' + " + random.nextInt(30), random),
        orNull(random.pick(List.of("true", "false")), random),
        text(random.pick(NAMES), random),
        orNull("'00000000-0000-4000-8000-0000000000" + (10 + random.nextInt(20)) + "'", random),
        orNull("timestamptz '2026-01-01 00:00Z' + interval '1 h' * " + random.nextInt(9), random),
        orNull(Integer.toString(random.nextInt(7) - 3), random),
        text(random.pick(NAMES), random));
  }

  private static String purchase(int id, int customer, Dice random) {
    return String.join(
        ",",
        Integer.toString(id),
        Integer.toString(customer),
        Integer.toString(1 + random.nextInt(GOODS + 2)),
        orNull(
            random.pick(
                    List.of("'NaN'", "0", "1.5", "-2.250", "100000000000000000000", "3.14159", "7"))
                + "::numeric + "
                + random.nextInt(5),
            random),
        orNull(Integer.toString(random.nextInt(6)), random),
        orNull("timestamp '2026-02-01' + interval '1 day' * " + random.nextInt(40), random),
        text(random.pick(STATES), random),
        orNull(random.pick(List.of("0.5", "1.25", "-3", "8")), random),
        orNull("interval '" + random.nextInt(50) + " hours'", random));
  }

  private static String text(String value, Dice random) {
    return orNull("'" + value.replace("'", "''") + "'", random);
  }

  private static String orNull(String value, Dice random) {
    return random.nextInt(8) == 0 ? "null" : value;
  }

  private static TerraceConfig config(
      PostgresCluster cluster, String sql, String storeKeys, More more) {
    StringBuilder shards = new StringBuilder();
    for (int shard = 0; shard < SHARDS; shard++) {
      shards.append("      - {primary: ").append(cluster.primary(shard).address()).append("}\n");
    }
    String yaml =
        """
        listen: {sql: 127.0.0.1:0}
        sql: {%s}
        stores:
          shop:
            engine: postgresql
            database: shop
            password: shop
            %s
            shards:
        %s
        tables:
          customers: {store: shop, shard: hash(id)}
          purchases: {store: shop, shard: hash(customer_id)}
          goods: {store: shop, shard: everywhere}
          visits: {store: shop, shard: "hash(tenant, id)"}
          pages: {store: shop, shard: "hash(tenant, id)"}
          readings:
            store: shop
            shard:
              range: at
              splits: ["2026-01-01 00:00:00+00", "2026-01-11 12:00:00+00", "2026-01-21 00:00:00+00"]
              shards: [0, 1, 2, 0]
        """
            .formatted(sql, storeKeys, shards);
    return ConfigFile.parse("test", yaml + more.rules(), Map.of()).orThrow();
  }

  PostgresCluster cluster() {
    return cluster;
  }

  /** A connection to the front. */
  Connection sharded(String options) throws SQLException {
    int port = front.addresses().getFirst().port();
    return DriverManager.getConnection(
        "jdbc:postgresql://127.0.0.1:" + port + "/shop?socketTimeout=20&" + options,
        "shop",
        "shop");
  }

  /** A connection to the one server that has all rows. */
  Connection plain(String options) throws SQLException {
    Connection connection =
        DriverManager.getConnection(
            "jdbc:postgresql://" + cluster.primary(0).address() + "/shop?" + options,
            "shop",
            "shop");
    try (Statement statement = connection.createStatement()) {
      statement.execute("set search_path = plain");
    }
    return connection;
  }

  @Override
  public void close() {
    front.close();
    loops.close();
    cluster.close();
  }

  /** A statement's rows, sorted, each with a bar behind every column; or how many it changed. */
  static List<String> rows(Connection connection, String sql, Object... parameters)
      throws SQLException {
    List<String> rows = new ArrayList<>();
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < parameters.length; i++) {
        statement.setObject(i + 1, parameters[i]);
      }
      if (!statement.execute()) {
        return List.of(statement.getUpdateCount() + " rows");
      }
      try (ResultSet result = statement.getResultSet()) {
        while (result.next()) {
          StringBuilder row = new StringBuilder();
          for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
            row.append(result.getString(i)).append('|');
          }
          rows.add(row.toString());
        }
      }
    }
    Collections.sort(rows);
    return rows;
  }
}
