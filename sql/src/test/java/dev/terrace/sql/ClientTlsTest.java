package dev.terrace.sql;

import static dev.terrace.sql.TestFront.ask;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.terrace.core.signal.Metric;
import dev.terrace.testkit.Await;
import dev.terrace.testkit.RawClient;
import dev.terrace.testkit.TestCa;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.PGConnection;

/** TLS between clients and the front. */
final class ClientTlsTest {

  private static final long SEED = 4;
  private static final TestCa CA = TestCa.create();

  @TempDir
  @SuppressWarnings("NullAway.Init") // set by JUnit
  static Path folder;

  private static TestFront front;
  private static Path ca;

  @BeforeAll
  static void start() throws Exception {
    ca = CA.write(folder.resolve("ca.pem"));
    CA.issue("other.example").write(folder, "other");
    CA.issue("localhost", "127.0.0.1").write(folder, "local");
    for (String client : new String[] {"ann", "eve"}) {
      TestCa.Issued issued = CA.issue(client);
      issued.write(folder, client);
      Files.write(folder.resolve(client + ".pk8"), issued.key().getEncoded());
    }
    front = TestFront.over(TestFront.sharedCluster(), section("require", "optional"));
  }

  @AfterAll
  static void stop() {
    front.close();
  }

  private static String pair(String name) {
    return "{certificate: %s, key: %s}"
        .formatted(folder.resolve(name + ".pem"), folder.resolve(name + ".key"));
  }

  private static String section(String mode, String clientAuth) {
    return """
    users: {shop: {password: shop}, ann: {auth: cert}, job: {auth: cert, common-names: [eve]}},\
     login-timeout: 2s, tls: {mode: %s, certificates: [%s, %s],\
     client-auth: {ca: %s, mode: %s}}\
    """
        .formatted(mode, pair("local"), pair("other"), ca, clientAuth);
  }

  private static Connection secure(String user, String options) throws SQLException {
    return front.connect(
        user, "shop", "sslmode=verify-full&sslrootcert=" + ca + "&channelBinding=prefer" + options);
  }

  private static String shown(String name) {
    return "&sslcert=" + folder.resolve(name + ".pem") + "&sslkey=" + folder.resolve(name + ".pk8");
  }

  @Test
  void aDriverTrustsTheFrontAndBindsItsPasswordToTheConnection() throws Exception {
    String url =
        "jdbc:postgresql://localhost:%d/shop?user=shop&password=shop&sslmode=verify-full&sslrootcert=%s"
            .formatted(front.port(), ca);
    try (Connection connection = DriverManager.getConnection(url + "&channelBinding=require")) {
      assertThat(ask(connection, "select id from users where id = 1")).isEqualTo("1");
      assertThat(ask(connection, "select repeat('x', 300000)")).hasSize(300_000);
    }
    assertThat(front.signals.counter(Metric.TLS_HANDSHAKES, "sql", "TLSv1.3").value()).isPositive();
  }

  @Test
  void aDriverMayBeginWithTlsAtOnce() throws Exception {
    String url =
        "jdbc:postgresql://localhost:%d/shop?user=shop&password=shop&sslmode=verify-full&sslrootcert=%s"
            .formatted(front.port(), ca);
    try (Connection connection =
        DriverManager.getConnection(url + "&sslNegotiation=direct&channelBinding=require")) {
      assertThat(ask(connection, "select id from users where id = 2")).isEqualTo("2");
    }
  }

  @Test
  void psqlIsShownTheCertificateForTheNameItAsksFor() throws Exception {
    String options = "host=other.example hostaddr=127.0.0.1 dbname=shop sslmode=verify-full";
    assertThat(
            Wire.program(
                front.port(),
                "psql",
                "-Atc",
                "select id from users where id = 3",
                options + " channel_binding=require sslrootcert=" + ca))
        .isEqualTo("3\n");
  }

  @Test
  void clearTextIsRefusedWhereTlsIsRequired() throws Exception {
    assertThatThrownBy(() -> front.connect("sslmode=disable"))
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("28000"))
        .hasMessageContaining("TLS is required");
    try (TestFront both = TestFront.over(front.cluster(), section("optional", "optional"));
        Connection connection = both.connect("sslmode=disable")) {
      assertThat(ask(connection, "select 1")).isEqualTo("1");
    }
  }

  @Test
  void aClientCertificateIsALogin() throws Exception {
    try (Connection ann = secure("ann", shown("ann"));
        Connection job = secure("job", shown("eve"))) {
      assertThat(ask(ann, "select id from users where id = 4")).isEqualTo("4");
      assertThat(ask(job, "select id from users where id = 5")).isEqualTo("5");
    }
    for (String certificate : new String[] {shown("eve"), ""}) {
      assertThatThrownBy(() -> secure("ann", certificate))
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("28000"));
    }
  }

  @Test
  void aCertificateThatMustBeShownIsMissed() throws Exception {
    try (TestFront strict = TestFront.over(front.cluster(), section("require", "require"))) {
      String options = "sslmode=verify-full&sslrootcert=" + ca;
      assertThatThrownBy(() -> strict.connect(options)).isInstanceOf(SQLException.class);
      try (Connection ann = strict.connect(options + shown("ann"))) {
        assertThat(ask(ann, "select 1")).isEqualTo("1");
      }
    }
  }

  private static byte[] request(int code, byte... rest) {
    return ByteBuffer.allocate(8 + rest.length)
        .putInt(8 + rest.length)
        .putInt(1234 << 16 | code)
        .put(rest)
        .array();
  }

  private static byte[] startup() {
    byte[] body = "user\0shop\0database\0shop\0\0".getBytes(StandardCharsets.US_ASCII);
    return ByteBuffer.allocate(8 + body.length)
        .putInt(8 + body.length)
        .putInt(3 << 16)
        .put(body)
        .array();
  }

  @Test
  void whatComesInClearTextBehindTheRequestIsRefused() throws Exception {
    byte[] request = request(5679);
    byte[] injected = startup();
    byte[] both =
        ByteBuffer.allocate(request.length + injected.length).put(request).put(injected).array();
    try (RawClient client = RawClient.connect(front.port())) {
      client.send(both);
      assertThat(client.readAll()).contains("08P01", "unencrypted").doesNotStartWith("S");
    }
  }

  @Test
  void tlsAndGssApiAreAskedForOnce() throws Exception {
    try (RawClient client = RawClient.connect(front.port())) {
      assertThat(client.send(request(5680)).read(1)).isEqualTo(new byte[] {'N'});
      client.send(request(5680));
      assertThat(client.readAll()).contains("08P01");
    }
    try (SSLSocket socket = handshake()) {
      socket.getOutputStream().write(request(5679));
      assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1))
          .contains("08P01");
    }
  }

  private static SSLSocket handshake() throws IOException {
    RawClient plain = RawClient.connect(front.port());
    assertThat(plain.send(request(5679)).read(1)).isEqualTo(new byte[] {'S'});
    SSLSocket socket =
        (SSLSocket)
            CA.clientContext()
                .getSocketFactory()
                .createSocket(plain.socket(), "localhost", front.port(), true);
    socket.startHandshake();
    return socket;
  }

  @Test
  void tlsAtOnceNeedsAlpn() throws Exception {
    try (SSLSocket socket =
        (SSLSocket) CA.clientContext().getSocketFactory().createSocket("localhost", front.port())) {
      socket.startHandshake();
      assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1))
          .contains("08P01", "ALPN");
    }
  }

  @Test
  void aStatementIsCancelledOverTls() throws Exception {
    try (Connection connection = secure("shop", "")) {
      int process = connection.unwrap(PGConnection.class).getBackendPID();
      assertThat(process).isPositive();
      CompletableFuture<String> outcome = new CompletableFuture<>();
      var statement = connection.createStatement();
      Thread.ofVirtual()
          .start(() -> {
            try {
              statement.execute("select pg_sleep(30) from users where id = 1");
              outcome.complete("it was not cancelled");
            } catch (SQLException e) {
              outcome.complete(String.valueOf(e.getSQLState()));
            }
          });
      Await.until("it runs", () -> front.inFlight() == 1);
      try (SSLSocket stranger = handshake()) {
        byte[] wrong = ByteBuffer.allocate(8).putInt(process).putInt(1).array();
        stranger.getOutputStream().write(request(5678, wrong));
        assertThat(stranger.getInputStream().readAllBytes()).isEmpty();
      }
      assertThat(outcome).isNotDone();
      statement.cancel();
      assertThat(outcome.join()).isEqualTo("57014");
    }
  }

  @Test
  void garbageInPlaceOfAHandshakeDisturbsNobody() throws Exception {
    Random random = new Random(SEED);
    try (Connection witness = secure("shop", "")) {
      for (int round = 0; round < 60; round++) {
        byte[] garbage = new byte[random.nextInt(1, 300)];
        random.nextBytes(garbage);
        try (RawClient client = RawClient.connect(front.port())) {
          if (round % 2 == 0) {
            client.send(request(5679)).read(1);
          } else {
            garbage[0] = 22;
          }
          client.send(garbage);
          if (round % 3 == 0) {
            client.halfClose();
          }
        }
      }
      assertThat(ask(witness, "select id from users where id = 6")).isEqualTo("6");
    }
    Await.until("nobody logs in any more", () -> front.level(Metric.SQL_LOGINS_RUNNING) == 0);
  }

  @Test
  void halfAHandshakeEndsWithTheTimeForLoggingIn() throws Exception {
    try (RawClient client = RawClient.connect(front.port())) {
      client.send(request(5679)).read(1);
      client.send(new byte[] {22, 3, 1, 2, 0, 1});
      assertThat(client.isClosedWithin(Duration.ofSeconds(20))).isTrue();
    }
  }

  @Test
  void aRenewedCertificateIsShownFromTheNextConnectionOn() throws Exception {
    Path own = folder.resolve("renewed");
    Files.createDirectories(own);
    TestCa.Issued.Pem first = CA.issue("localhost").write(own, "local");
    String keys =
        "tls: {certificates: [{certificate: %s, key: %s}]}"
            .formatted(first.certificate(), first.key());
    try (TestFront renewing = TestFront.over(front.cluster(), keys)) {
      String url =
          "jdbc:postgresql://localhost:%d/shop?user=shop&password=shop&sslmode=verify-full&sslrootcert="
              .formatted(renewing.port());
      try (Connection before = DriverManager.getConnection(url + ca)) {
        TestCa next = TestCa.create();
        Path nextCa = next.write(own.resolve("next-ca.pem"));
        next.issue("localhost").write(own, "local");
        Await.until(
            "the new certificate is shown",
            Duration.ofSeconds(20),
            () -> {
              try (Connection after = DriverManager.getConnection(url + nextCa)) {
                return ask(after, "select 1").equals("1");
              } catch (SQLException e) {
                return false;
              }
            });
        assertThat(ask(before, "select 1")).isEqualTo("1");
      }
    }
  }
}
