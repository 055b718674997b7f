package dev.terrace.sql;

import static dev.terrace.sql.TestFront.ask;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.terrace.core.signal.Metric;
import dev.terrace.sandbox.PostgresCluster;
import dev.terrace.sandbox.PostgresServer;
import dev.terrace.sandbox.PostgresSpec;
import dev.terrace.testkit.Await;
import dev.terrace.testkit.TestCa;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** TLS between the front and servers, and how servers let it in. */
final class ServerTlsTest {

  private static final TestCa CA = TestCa.create();
  private static final String SSL = "select ssl from pg_stat_ssl where pid = pg_backend_pid()";

  @TempDir
  @SuppressWarnings("NullAway.Init") // set by JUnit
  static Path folder;

  private static PostgresCluster cluster;
  private static Path ca;

  @BeforeAll
  static void start() throws Exception {
    cluster = PostgresCluster.start(PostgresSpec.of(1, 0));
    ca = CA.write(folder.resolve("ca.pem"));
    CA.issue("shop").write(folder, "shop");
    server(CA.issue("db.internal"));
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  /** Has the server show this certificate. */
  private static void server(TestCa.Issued shown) throws IOException, SQLException {
    TestCa.Issued.Pem files = shown.write(cluster.folder(), "server");
    for (Path file :
        new Path[] {
          files.certificate(), files.key(), CA.write(cluster.folder().resolve("ca.pem"))
        }) {
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
      Files.setOwner(file, Files.getOwner(cluster.folder()));
    }
    PostgresServer primary = cluster.primary(0);
    primary.execute("alter system set ssl_cert_file = '" + files.certificate() + "'");
    primary.execute("alter system set ssl_key_file = '" + files.key() + "'");
    primary.execute("alter system set ssl_ca_file = '" + cluster.folder().resolve("ca.pem") + "'");
    ssl(true);
  }

  private static void ssl(boolean on) throws SQLException {
    cluster.primary(0).execute("alter system set ssl = " + (on ? "on" : "off"));
    reload("ssl", on ? "on" : "off");
  }

  private static void reload(String setting, String value) throws SQLException {
    cluster.primary(0).execute("select pg_reload_conf()");
    Await.until(
        setting + " is " + value,
        () -> {
          try {
            return TestFront.askServer(cluster.primary(0), "show " + setting).equals(value);
          } catch (SQLException e) {
            return false;
          }
        });
  }

  /** Replaces the rules by which the server lets clients in. */
  private static void rules(String... lines) throws IOException, SQLException {
    Path file = cluster.folder().resolve("shard-0-primary/pg_hba.conf");
    String direct = "host all shop 127.0.0.1/32 scram-sha-256\n";
    Files.writeString(file, String.join("\n", lines) + "\n" + direct);
    cluster.primary(0).execute("select pg_reload_conf()");
    Await.until(
        "the rules are read",
        () -> {
          try {
            return TestFront.askServer(cluster.primary(0), "select count(*) from pg_hba_file_rules")
                .equals(Integer.toString(lines.length + 1));
          } catch (SQLException e) {
            return false;
          }
        });
  }

  private static TestFront front(String tls) throws IOException {
    return front(tls, "");
  }

  private static TestFront front(String tls, String sql) throws IOException {
    return TestFront.over(cluster, sql, "{from: primary}", 1, "tls: " + tls);
  }

  private static String overTls(TestFront front) throws SQLException {
    try (front;
        Connection connection = front.connect()) {
      return ask(connection, SSL);
    }
  }

  @Test
  void eachModeSecuresAsMuchAsItSays() throws Exception {
    String trusted = "ca: " + ca;
    assertThat(overTls(front("{mode: disable}"))).isEqualTo("f");
    assertThat(overTls(front("{mode: prefer}"))).isEqualTo("t");
    assertThat(overTls(front("{mode: require}"))).isEqualTo("t");
    assertThat(overTls(front("{mode: verify-ca, " + trusted + "}"))).isEqualTo("t");
    assertThat(overTls(front("{server-name: db.internal, " + trusted + "}"))).isEqualTo("t");
  }

  private static void refused(String tls, String words) throws IOException {
    try (TestFront front = front(tls)) {
      assertThatThrownBy(front::connect)
          .isInstanceOf(SQLException.class)
          .hasMessageContaining(words);
    }
  }

  @Test
  void aServerThatCannotProveItselfIsNotSpokenTo() throws Exception {
    Path other = TestCa.create().write(folder.resolve("other.pem"));
    refused("{mode: verify-ca, ca: " + other + "}", "TLS: ");
    refused("{mode: verify-full, ca: " + ca + "}", "TLS: ");
  }

  @Test
  void aServerWithoutTlsIsSpokenToOnlyWherePreferred() throws Exception {
    ssl(false);
    try {
      refused("{mode: require}", "does not speak TLS");
      assertThat(overTls(front("{mode: prefer}"))).isEqualTo("f");
    } finally {
      ssl(true);
    }
  }

  @Test
  void aStatementIsCancelledOverTls() throws Exception {
    rules("hostssl all shop 127.0.0.1/32 scram-sha-256", "host all all ::1/128 reject");
    try (TestFront front = front("{mode: require}");
        Connection connection = front.connect();
        var statement = connection.createStatement()) {
      CompletableFuture<String> outcome = new CompletableFuture<>();
      Thread.ofVirtual()
          .start(() -> {
            try {
              statement.execute("select pg_sleep(30)");
              outcome.complete("it was not cancelled");
            } catch (SQLException e) {
              outcome.complete(String.valueOf(e.getSQLState()));
            }
          });
      Await.until("it runs", () -> front.inFlight() == 1);
      statement.cancel();
      assertThat(outcome.join()).isEqualTo("57014");
      Await.until("nothing is in hand", () -> front.level(Metric.SQL_CLIENTS, "shop") == 1);
    } finally {
      rules();
    }
  }

  @Test
  void theFrontProvesItselfAsTheServerAsks() throws Exception {
    PostgresServer primary = cluster.primary(0);
    primary.execute(
        "set password_encryption = 'md5'; create role old login password 'older';"
            + "create role plain login password 'plain'");
    rules(
        "host all old 127.0.0.1/32 md5",
        "hostssl all plain 127.0.0.1/32 password",
        "hostssl all certified 127.0.0.1/32 cert map=certified",
        "host all plain 127.0.0.1/32 password");
    String users = "users: {shop: {password: shop, server-user: %s, server-password: %s}}";
    try (TestFront old = front("{mode: disable}", users.formatted("old", "older"));
        TestFront clear = front("{mode: require}", users.formatted("plain", "plain"));
        TestFront open = front("{mode: disable}", users.formatted("plain", "plain"));
        Connection asOld = old.connect();
        Connection asPlain = clear.connect()) {
      assertThat(ask(asOld, "select current_user")).isEqualTo("old");
      assertThat(ask(asPlain, "select current_user")).isEqualTo("plain");
      assertThatThrownBy(open::connect).hasMessageContaining("over TLS alone");
    } finally {
      rules();
      primary.execute("drop role old; drop role plain");
    }
  }

  @Test
  void aCertificateOfOursIsALogin() throws Exception {
    rules("hostssl all shop 127.0.0.1/32 cert", "host all all ::1/128 reject");
    String own =
        "ca: %s, server-name: db.internal, certificate: %s, key: %s"
            .formatted(ca, folder.resolve("shop.pem"), folder.resolve("shop.key"));
    try {
      assertThat(overTls(front("{" + own + "}"))).isEqualTo("t");
    } finally {
      Path file = cluster.folder().resolve("shard-0-primary/pg_hba.conf");
      Files.writeString(file, "host all shop 127.0.0.1/32 scram-sha-256\n");
      try (TestFront front = front("{" + own + "}");
          Connection connection = front.connect()) {
        ask(connection, "select pg_reload_conf()");
      }
    }
  }
}
