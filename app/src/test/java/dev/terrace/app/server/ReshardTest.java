package dev.terrace.app.server;

import static dev.terrace.app.server.ReplicatedShop.ask;
import static dev.terrace.app.server.ReplicatedShop.askServer;
import static dev.terrace.app.server.ReplicatedShop.run;
import static org.assertj.core.api.Assertions.assertThat;

import dev.terrace.app.cli.TerraceCommand;
import dev.terrace.config.file.ConfigFile;
import dev.terrace.sandbox.FreePorts;
import dev.terrace.sandbox.PostgresCluster;
import dev.terrace.sandbox.PostgresServer;
import dev.terrace.sandbox.PostgresSpec;
import dev.terrace.testkit.Await;
import dev.terrace.testkit.TestCa;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** {@code terrace reshard} against a whole Terrace with real servers. */
class ReshardTest {

  private static final String SCHEMA =
      """
      create table orders (id bigserial primary key, customer bigint not null, note text);
      create table accounts (id bigint primary key, balance bigint not null);
      create table products (id bigint primary key, name text);
      """;

  private static final String HASHED =
      """
        orders: {store: shop, shard: hash(customer)}
        accounts: {store: shop, shard: hash(id)}
        products: {store: shop, shard: everywhere}
      """;

  private static final String SINGLE =
      """
        orders: {store: shop}
        accounts: {store: shop}
        products: {store: shop}
      """;

  @TempDir private Path folder;

  private final int sqlPort = FreePorts.one();
  private final int kvPort = FreePorts.one();
  private final int adminPort = FreePorts.one();
  private final PostgresCluster cluster = PostgresCluster.start(PostgresSpec.of(5, 0));
  private @Nullable Terrace terrace;

  @BeforeEach
  void create() throws SQLException {
    for (PostgresServer server : cluster.servers()) {
      server.execute(SCHEMA);
    }
  }

  @AfterEach
  void stop() {
    if (terrace != null) {
      terrace.close();
    }
    cluster.close();
  }

  private Path write(String name, String tables, int... shards) throws IOException {
    String servers =
        String.join(
            "\n",
            IntStream.of(shards)
                .mapToObj(shard -> "      - {primary: \"" + server(shard).address() + "\"}")
                .toList());
    Path file = folder.resolve(name);
    Files.writeString(
        file,
        """
        listen: {sql: "127.0.0.1:%d", kv: "127.0.0.1:%d", admin: "127.0.0.1:%d"}
        stores:
          shop:
            engine: postgresql
            database: shop
            password: shop
            health: {every: 100ms}
            shards:
        %s
        tables:
        %scollections:
          account: {table: accounts, key: id}
        """
            .formatted(sqlPort, kvPort, adminPort, servers, tables));
    return file;
  }

  private PostgresServer server(int number) {
    return cluster.primary(number);
  }

  private void serve(Path file) throws IOException {
    Terrace started = Terrace.start(ConfigFile.load(file, Map.of()).orThrow(), file);
    terrace = started;
    started.awaitReady();
  }

  private String reshard(int status, String... arguments) {
    StringWriter out = new StringWriter();
    CommandLine line = TerraceCommand.commandLine();
    line.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(out, true));
    List<String> all = new ArrayList<>(List.of("reshard"));
    all.addAll(List.of(arguments));
    all.addAll(List.of("--admin", "127.0.0.1:" + adminPort));
    int ended = line.execute(all.toArray(String[]::new));
    assertThat(ended).as(() -> out + logs()).isEqualTo(status);
    return out.toString();
  }

  /** What the servers complained of. */
  private String logs() {
    return cluster.servers().stream()
        .flatMap(server -> server.log().lines().map(line -> server.address() + " " + line))
        .filter(line -> line.contains("ERROR") || line.contains("FATAL"))
        .collect(Collectors.joining("\n", "\n", "\n"));
  }

  private Connection connect() throws SQLException {
    return connect("");
  }

  private Connection connect(String options) throws SQLException {
    return DriverManager.getConnection(
        "jdbc:postgresql://127.0.0.1:" + sqlPort + "/shop?user=shop&password=shop&" + options);
  }

  private void fill() throws SQLException {
    server(0)
        .execute(
            "insert into orders (customer, note) select g % 500, 'order ' || g from"
                + " generate_series(1, 5000) g;"
                + "insert into accounts select g, 100 from generate_series(1, 200) g;"
                + "insert into products select g, 'product ' || g from generate_series(1, 50) g");
  }

  private static List<Long> longs(PostgresServer server, String sql) throws SQLException {
    List<Long> all = new ArrayList<>();
    try (Connection direct = server.connect();
        PreparedStatement statement = direct.prepareStatement(sql);
        ResultSet rows = statement.executeQuery()) {
      while (rows.next()) {
        all.add(rows.getLong(1));
      }
    }
    return all;
  }

  /** Every acknowledged order is there once, on the servers' own word, and no other. */
  private void assertNothingLost(MoneyLoad load, int... shards) throws SQLException {
    List<Long> orders = new ArrayList<>();
    for (int shard : shards) {
      orders.addAll(longs(server(shard), "select id from orders"));
    }
    assertThat(orders).doesNotHaveDuplicates().containsAll(load.acknowledged());
    long total = 0;
    for (int shard : shards) {
      total += longs(server(shard), "select coalesce(sum(balance), 0) from accounts").getFirst();
    }
    assertThat(total).isEqualTo(200 * 100);
    assertThat(load.failures()).isEmpty();
    assertThat(load.wrong()).isEmpty();
  }

  private void assertNothingLeft(int... shards) throws SQLException {
    for (int shard : shards) {
      assertThat(
              askServer(
                  server(shard),
                  "select (select count(*) from pg_publication) || ',' || (select count(*) from"
                      + " pg_subscription) || ',' || (select count(*) from pg_replication_slots) ||"
                      + " ',' || (select count(*) from pg_prepared_xacts) || ',' || (select"
                      + " count(*) from pg_namespace where nspname = 'terrace_reshard') || ',' ||"
                      + " (select string_agg(distinct relreplident::text, '') from pg_class where"
                      + " relname in ('orders', 'accounts', 'products'))"))
          .as("what is left on shard " + shard)
          .isEqualTo("0,0,0,0,0,d");
    }
  }

  @Test
  void oneDatabaseBecomesTwoUnderLoad() throws Exception {
    fill();
    Path served = write("shop.yaml", SINGLE, 0);
    serve(served);
    Path next = write("next.yaml", HASHED, 0, 1);
    assertThat(reshard(0, next.toString(), "--plan")).contains("shop/0", "shop/1", "serves on");
    try (MoneyLoad load = new MoneyLoad(sqlPort, kvPort)) {
      load.await(300);
      String said = reshard(0, next.toString());
      assertThat(said).contains("rows compared: equal", "statements waited for");
      load.await(load.acknowledged().size() + 300);
      load.stop();
      assertNothingLost(load, 0, 1);
    }
    assertThat(Files.readString(served)).isEqualTo(Files.readString(next));
    assertThat(longs(server(1), "select count(*) from orders").getFirst()).isGreaterThan(2000);
    assertThat(longs(server(0), "select count(*) from products")).containsExactly(50L);
    assertThat(longs(server(1), "select count(*) from products")).containsExactly(50L);
    assertNothingLeft(0, 1);
  }

  @Test
  void twoShardsBecomeThreeNewOnes() throws Exception {
    fill();
    serve(write("shop.yaml", SINGLE, 0));
    reshard(0, write("two.yaml", HASHED, 0, 1).toString());
    try (MoneyLoad load = new MoneyLoad(sqlPort, kvPort);
        Connection before = connect("prepareThreshold=1")) {
      load.await(100);
      PreparedStatement find =
          before.prepareStatement("select count(*) from orders where customer = ?");
      find.setLong(1, 7);
      assertThat(find.executeQuery().next()).isTrue();
      reshard(0, write("three.yaml", HASHED, 2, 3, 4).toString());
      assertThat(find.executeQuery().next()).isTrue();
      load.await(load.acknowledged().size() + 100);
      load.stop();
      assertNothingLost(load, 2, 3, 4);
      assertThat(Long.parseLong(askServer(server(2), "select max(last_value) from pg_sequences")))
          .as("sequences go on")
          .isGreaterThanOrEqualTo(5000);
    }
    assertNothingLeft(0, 1, 2, 3, 4);
  }

  /** Some rows of each table leave, and all are found where they are. */
  @Test
  void keysOfEveryTypeMove() throws Exception {
    server(0).execute(KeyTables.SCHEMA + KeyTables.rows());
    server(0).execute("insert into amounts values ('NaN', 601), ('Infinity', 602)");
    server(1).execute(KeyTables.SCHEMA);
    serve(write("shop.yaml", HASHED + KeyTables.rules(0), 0));
    reshard(0, write("two.yaml", HASHED + KeyTables.rules(1), 0, 1).toString());
    try (Connection connection = connect()) {
      for (String table : KeyTables.names()) {
        for (int shard = 0; shard < 2; shard++) {
          assertThat(longs(server(shard), "select count(*) from " + table).getFirst())
              .as(table)
              .isBetween(100L, 500L);
        }
      }
      assertThat(longs(server(1), "select count(*) from trips")).containsExactly(250L);
      for (int g = 1; g <= 600; g += 7) {
        for (String query : KeyTables.findRow(g)) {
          assertThat(ask(connection, query)).as(query).isEqualTo("" + g);
        }
      }
      assertThat(ask(connection, "select n from amounts where k = 'NaN'")).isEqualTo("601");
    }
  }

  @Test
  void whatCannotBeDoneIsSaidBeforeAnythingIs() throws Exception {
    fill();
    serve(write("shop.yaml", SINGLE, 0));
    server(1).execute("drop table products; alter table accounts add column more int");
    server(1).execute("insert into orders values (1, 1, 'here already')");
    assertThat(reshard(1, write("next.yaml", HASHED, 0, 1).toString()))
        .contains(
            "table products is missing: create the schema there first",
            "table accounts has the columns {balance=bigint, id=bigint, more=integer}",
            "table orders is not empty");
    assertThat(reshard(1, write("gain.yaml", HASHED, 1, 0).toString()))
        .contains("must keep its number");
    assertThat(reshard(1, folder.resolve("none.yaml").toString())).contains("cannot be read");
    assertNothingLeft(0);
  }

  @Test
  void whatFailsOnTheWayIsUndoneAndCanBeDoneAgain() throws Exception {
    fill();
    Path served = write("shop.yaml", SINGLE, 0);
    String before = Files.readString(served);
    serve(served);
    server(1).execute("create unique index once on orders (note)");
    server(0)
        .execute(
            "insert into orders (customer, note) values (1, 'same'), (1, 'same'),"
                + " (2, 'same'), (3, 'same'), (4, 'same'), (5, 'same')");
    Path next = write("next.yaml", HASHED, 0, 1);
    assertThat(reshard(1, next.toString())).contains("has stopped to take rows");
    assertThat(reshard(1, "--status")).contains("has stopped to take rows");
    assertThat(Files.readString(served)).isEqualTo(before);
    reshard(0, next.toString(), "--abort");
    assertNothingLeft(0, 1);
    assertThat(longs(server(1), "select count(*) from accounts")).containsExactly(0L);
    server(1).execute("drop index once");
    reshard(0, next.toString(), "--no-check");
    try (Connection connection = connect()) {
      assertThat(ask(connection, "select count(*) from orders")).isEqualTo("5006");
    }
  }

  @Test
  void theRightsThatErrorsNameAreEnoughAndTlsIsKept() throws Exception {
    fill();
    for (int shard = 0; shard < 2; shard++) {
      encrypted(server(shard));
      server(shard)
          .execute(
              "create role keeper login password 'keeper';"
                  + "alter table orders owner to keeper; alter table accounts owner to keeper;"
                  + "alter table products owner to keeper");
    }
    serve(kept(write("shop.yaml", SINGLE, 0)));
    Path next = kept(write("next.yaml", HASHED, 0, 1));
    assertThat(reshard(1, next.toString()))
        .contains("user keeper needs to be superuser, or", "CREATE on the database");
    reshard(0, next.toString(), "--abort");
    for (int shard = 0; shard < 2; shard++) {
      server(shard)
          .execute(
              "alter role keeper replication; grant pg_create_subscription to keeper;"
                  + "grant create on database shop to keeper;"
                  + "grant set on parameter session_replication_role to keeper");
    }
    reshard(0, next.toString());
    assertThat(longs(server(0), "select count(*) from orders").getFirst())
        .isPositive()
        .isEqualTo(5000 - longs(server(1), "select count(*) from orders").getFirst());
    assertThat(longs(server(1), "select count(*) from products")).containsExactly(50L);
    assertNothingLeft(0, 1);
  }

  /** The store's user is another, and TLS is a must. */
  private static Path kept(Path file) throws IOException {
    String its = Files.readString(file);
    String login = "user: keeper\n    password: keeper\n    tls: {mode: require}";
    return Files.writeString(file, its.replaceFirst("password: shop", login));
  }

  /** Has a server take passwords over TLS alone, but for what the tests ask it. */
  private void encrypted(PostgresServer server) throws Exception {
    TestCa.Issued.Pem pem = TestCa.create().issue("db.internal").write(cluster.folder(), "server");
    for (Path file : List.of(pem.certificate(), pem.key())) {
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
      Files.setOwner(file, Files.getOwner(cluster.folder()));
    }
    server.execute("alter system set ssl_cert_file = '" + pem.certificate() + "'");
    server.execute("alter system set ssl_key_file = '" + pem.key() + "'");
    server.execute("alter system set ssl = on");
    Path rules = Path.of(askServer(server, "show hba_file"));
    String all = Files.readString(rules);
    Files.writeString(rules, "hostnossl all,replication keeper all reject\n" + all);
    server.execute("select pg_reload_conf()");
    Await.until("TLS is on", () -> isEncrypted(server));
  }

  private static boolean isEncrypted(PostgresServer server) {
    try {
      return askServer(server, "show ssl").equals("on");
    } catch (SQLException e) {
      return false;
    }
  }

  @Test
  void aReloadDoesNotHaveRowsElsewhere() throws Exception {
    fill();
    Path served = write("shop.yaml", SINGLE, 0);
    serve(served);
    write("shop.yaml", HASHED, 0, 1);
    assertThat(Objects.requireNonNull(terrace).reload().toString()).contains("terrace reshard");
    try (Connection connection = connect()) {
      assertThat(run(connection, "update accounts set balance = 100")).isEqualTo(200);
    }
  }
}
