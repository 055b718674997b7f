package dev.terrace.sql;

import static dev.terrace.sql.TestFront.ask;
import static org.assertj.core.api.Assertions.assertThat;

import dev.terrace.sandbox.PostgresCluster;
import dev.terrace.sandbox.PostgresServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** pgbench, over libpq, by each protocol that it speaks; more clients than server connections. */
final class PgbenchTest extends FrontTest {

  private static final int CLIENTS = 6;
  private static final int TRANSACTIONS = 40;

  @SuppressWarnings("NullAway.Init") // set before all tests
  private static PostgresServer server;

  @BeforeAll
  static void start() throws Exception {
    PostgresCluster cluster = TestFront.sharedCluster();
    server = cluster.primary(0);
    server.execute("create database pgbench");
    front =
        TestFront.over(
            cluster,
            "max-server-connections: 4, acquire-timeout: 60s",
            "{from: primary}",
            2,
            "",
            "bench: {engine: postgresql, database: pgbench, user: shop, password: shop,"
                + " reads: {from: primary}, shards: [{primary: "
                + server.address()
                + "}]}");
    if (pgbench().isPresent()) {
      assertThat(run("-i", "-s", "1", "-q", "--foreign-keys")).contains("done in");
    }
  }

  @AfterAll
  static void drop() throws SQLException {
    server.execute("drop database pgbench with (force)");
  }

  private static Optional<Path> pgbench() throws IOException {
    List<Path> places = new ArrayList<>();
    for (String folder : System.getenv().getOrDefault("PATH", "").split(":", -1)) {
      places.add(Path.of(folder, "pgbench"));
    }
    Path debian = Path.of("/usr/lib/postgresql");
    if (Files.isDirectory(debian)) {
      try (Stream<Path> versions = Files.list(debian)) {
        versions.map(version -> version.resolve("bin/pgbench")).forEach(places::add);
      }
    }
    return places.stream().filter(Files::isExecutable).findFirst();
  }

  private static String run(String... arguments) throws Exception {
    Optional<Path> program = pgbench();
    Assumptions.assumeTrue(program.isPresent(), "pgbench is not installed");
    List<String> command = new ArrayList<>(List.of(program.orElseThrow().toString()));
    command.addAll(List.of("-h", "127.0.0.1", "-p", Integer.toString(front.port()), "-U", "shop"));
    command.addAll(List.of(arguments));
    command.add("bench");
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("PGPASSWORD", "shop");
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(output).isZero();
    return output;
  }

  private static void completes(String... arguments) throws Exception {
    List<String> all =
        new ArrayList<>(
            List.of("-n", "-c", "" + CLIENTS, "-j", "" + CLIENTS, "-t", "" + TRANSACTIONS));
    all.addAll(List.of(arguments));
    assertThat(run(all.toArray(String[]::new)))
        .contains("actually processed: " + CLIENTS * TRANSACTIONS + "/" + CLIENTS * TRANSACTIONS)
        .contains("number of failed transactions: 0 ");
  }

  @ParameterizedTest
  @CsvSource({
    "simple, select-only", "extended, select-only", "prepared, select-only",
    "simple, tpcb-like", "extended, tpcb-like", "prepared, tpcb-like",
    "prepared, simple-update"
  })
  void itsScriptsRunUnchanged(String protocol, String script) throws Exception {
    completes("-M", protocol, "-b", script);
    try (Connection connection =
        DriverManager.getConnection(
            "jdbc:postgresql://127.0.0.1:" + front.port() + "/bench", "shop", "shop")) {
      assertThat(
              ask(
                  connection,
                  "select (select sum(abalance) from pgbench_accounts)"
                      + " = (select coalesce(sum(delta), 0) from pgbench_history)"))
          .isEqualTo("t");
    }
  }

  @Test
  void itMayConnectForEachTransaction() throws Exception {
    completes("-C", "-S");
  }

  @Test
  void itMayPipeline() throws Exception {
    Path script = Files.createTempFile("pipeline", ".sql");
    try {
      Files.writeString(
          script,
          """
          \\set aid random(1, 100000)
          \\startpipeline
          select abalance from pgbench_accounts where aid = :aid;
          update pgbench_tellers set tbalance = tbalance + 0 where tid = 1;
          select count(*) from pgbench_branches;
          \\endpipeline
          """);
      completes("-M", "prepared", "-f", script.toString());
    } finally {
      Files.delete(script);
    }
  }
}
