package dev.terrace.net.tls;

import static dev.terrace.net.tls.TlsEcho.PATIENCE;
import static dev.terrace.net.tls.TlsEcho.echoOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.terrace.core.signal.Metric;
import dev.terrace.testkit.Await;
import dev.terrace.testkit.RawClient;
import dev.terrace.testkit.TestCa;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Handshakes of the JDK's client with a listener. */
class TlsServerTest {

  private final TlsEcho echo;
  @TempDir private Path folder;

  TlsServerTest() throws IOException {
    echo = new TlsEcho();
  }

  @AfterEach
  void stop() {
    echo.close();
  }

  private TestCa.Issued.Pem certificate(String file, String... names) {
    return echo.ca.issue(names).write(folder, file);
  }

  @Test
  void showsTheCertificateOfTheNameThatIsAskedFor() throws Exception {
    echo.serve(
        certificate("other", "other.example"),
        certificate("shop", "shop.example"),
        certificate("wild", "*.shop.example"));
    assertThat(shownFor("shop.example")).isEqualTo("CN=shop.example");
    assertThat(shownFor("SHOP.example")).isEqualTo("CN=shop.example");
    assertThat(shownFor("api.shop.example")).isEqualTo("CN=*.shop.example");
    assertThat(shownFor("a.b.shop.example")).isEqualTo("CN=other.example");
    assertThat(shownFor("unknown.example")).isEqualTo("CN=other.example");
    assertThat(shownFor("")).isEqualTo("CN=other.example");
  }

  private String shownFor(String asked) throws Exception {
    try (SSLSocket socket = echo.connect(asked)) {
      assertThat(echoOf(socket, 7)).isEqualTo(7);
      X509Certificate peer = (X509Certificate) socket.getSession().getPeerCertificates()[0];
      return peer.getSubjectX500Principal().getName();
    }
  }

  @ParameterizedTest
  @CsvSource({"h2 http/1.1, h2", "http/1.1 h2, h2", "http/1.1, http/1.1", "spdy, ''"})
  void choosesAProtocol(String offered, String chosen) throws Exception {
    echo.serve(certificate("shop", "shop.example"));
    try (SSLSocket socket = echo.connect("shop.example", offered.split(" "))) {
      assertThat(echoOf(socket, 7)).isEqualTo(7);
      TlsSession session = echo.nextSession();
      assertThat(session)
          .isEqualTo(
              new TlsSession(
                  chosen,
                  "TLSv1.3",
                  Optional.of("shop.example"),
                  Optional.empty(),
                  session.certificate()));
      assertThat(session.certificate())
          .contains((X509Certificate) socket.getSession().getPeerCertificates()[0]);
    }
    assertThat(echo.signals.counter(Metric.TLS_HANDSHAKES, "echo", "TLSv1.3").value()).isOne();
  }

  @Test
  void refusesVersionsBelowTheOldest() throws Exception {
    TestCa.Issued.Pem files = certificate("shop", "shop.example");
    echo.serve(files);
    try (SSLSocket socket = echo.connect("shop.example")) {
      socket.setEnabledProtocols(new String[] {"TLSv1.2"});
      assertThat(echoOf(socket, 7)).isEqualTo(7);
    }
    TlsSettings settings = TlsEcho.settings(files);
    echo.store.configure(
        new TlsSettings(
            settings.certificates(), TlsSettings.Version.TLS_1_3, settings.clientAuth()));
    try (SSLSocket socket = echo.connect("shop.example")) {
      socket.setEnabledProtocols(new String[] {"TLSv1.2"});
      assertThatThrownBy(socket::startHandshake).isInstanceOf(SSLException.class);
    }
    Await.until("counted", () -> echo.failures(HandshakeFault.VERSION) == 1);
  }

  @Test
  void asksClientsForCertificatesThatACaHasSigned() throws Exception {
    TestCa clients = TestCa.create();
    Path clientCa = clients.write(folder.resolve("clients.pem"));
    TestCa.Issued.Pem files = certificate("shop", "shop.example");
    echo.serveAsking(true, clientCa, files);
    assertThat(peerOf(echo.ca.clientContext(clients.issue("robot")))).contains("CN=robot");
    refused(echo.ca.clientContext());
    refused(echo.ca.clientContext(TestCa.create().issue("stranger")));
    Await.until("counted", () -> echo.failures(HandshakeFault.CLIENT_CERTIFICATE) == 2);
    echo.serveAsking(false, clientCa, files);
    assertThat(peerOf(echo.ca.clientContext())).isEmpty();
    assertThat(peerOf(echo.ca.clientContext(clients.issue("robot")))).contains("CN=robot");
  }

  private Optional<String> peerOf(SSLContext client) throws Exception {
    try (SSLSocket socket = echo.connect(client, "shop.example")) {
      assertThat(echoOf(socket, 7)).isEqualTo(7);
      return echo.nextSession().peer();
    }
  }

  private void refused(SSLContext client) throws IOException {
    try (SSLSocket socket = echo.connect(client, "shop.example")) {
      // In TLS 1.3 a client may believe in success before the server has looked at it.
      assertThatThrownBy(() -> echoOf(socket, 7)).isInstanceOf(IOException.class);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void resumesSessions(String version) throws Exception {
    echo.serve(certificate("shop", "shop.example"));
    SSLContext client = echo.ca.clientContext();
    long first = sessionTime(client, version);
    assertThat(sessionTime(client, version)).isEqualTo(first);
    echo.store.rotateTickets();
    assertThat(sessionTime(client, version)).isEqualTo(first);
    for (int i = 0; i < 3; i++) {
      echo.store.rotateTickets();
    }
    // The key is gone, and with TLS 1.3 nothing else is kept.
    if (version.equals("TLSv1.3")) {
      assertThat(sessionTime(client, version)).isNotEqualTo(first);
    }
  }

  /** When the session began that a connection uses: it is older than the connection if resumed. */
  private long sessionTime(SSLContext client, String version) throws Exception {
    long now = System.currentTimeMillis();
    Await.until("the clock has moved", PATIENCE, () -> System.currentTimeMillis() > now + 2);
    try (SSLSocket socket = echo.connect(client, "shop.example")) {
      socket.setEnabledProtocols(new String[] {version});
      assertThat(echoOf(socket, 7)).isEqualTo(7);
      return socket.getSession().getCreationTime();
    }
  }

  @Test
  void aReplacedCertificateIsShownToNewConnectionsAndOpenOnesGoOn() throws Exception {
    TestCa.Issued.Pem files = certificate("shop", "shop.example");
    echo.serve(files);
    TlsServer.Chosen before = java.util.Objects.requireNonNull(echo.server.choose("shop.example"));
    try (SSLSocket open = echo.connect("shop.example")) {
      assertThat(echoOf(open, 1)).isEqualTo(1);
      X509Certificate old = (X509Certificate) open.getSession().getPeerCertificates()[0];
      echo.ca.issue("shop.example").write(folder, "shop");
      Await.until("the new one is shown", PATIENCE, () -> !shown().equals(old));
      assertThat(echoOf(open, 2)).isEqualTo(2);
      assertThat(io.netty.util.ReferenceCountUtil.refCnt(before.context())).isPositive();
    }
    io.netty.util.ReferenceCountUtil.release(before.context());
    Await.until(
        "the old context is let go",
        () -> io.netty.util.ReferenceCountUtil.refCnt(before.context()) == 0);
  }

  private X509Certificate shown() {
    try (SSLSocket socket = echo.connect("shop.example")) {
      echoOf(socket, 7);
      return (X509Certificate) socket.getSession().getPeerCertificates()[0];
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void whatCannotBeUsedChangesNothing() throws Exception {
    TestCa.Issued.Pem files = certificate("shop", "shop.example");
    echo.serve(files);
    echo.ca.issue("shop.example").write(folder, "other");
    TestCa.Issued.Pem mixed =
        new TestCa.Issued.Pem(files.certificate(), folder.resolve("other.key"));
    assertThatThrownBy(() -> echo.serve(mixed))
        .isInstanceOf(TlsFailure.class)
        .hasMessageContaining("other.key: this key does not belong to the certificate in")
        .hasMessageContaining("shop.pem");
    assertThat(shown().getSubjectX500Principal().getName()).isEqualTo("CN=shop.example");
    Files.writeString(files.certificate(), "damaged");
    Await.until("refused", PATIENCE, () -> fileChanges("refused") == 1);
    assertThat(shown().getSubjectX500Principal().getName()).isEqualTo("CN=shop.example");
    echo.ca.issue("shop.example").write(folder, "shop");
    Await.until("used", PATIENCE, () -> fileChanges("used") == 1);
  }

  private long fileChanges(String result) {
    return echo.signals.counter(Metric.TLS_FILE_CHANGES, "listeners", result).value();
  }

  @Test
  void closesWhatIsNoTls() throws IOException {
    echo.serve(certificate("shop", "shop.example"));
    try (RawClient client = RawClient.connect(echo.port())) {
      client.send("GET / HTTP/1.1\r\nHost: shop.example\r\n\r\n").readAll();
    }
    Await.until("counted", () -> echo.failures(HandshakeFault.NOT_TLS) == 1);
  }

  @Test
  void closesWhoTakesTooLong() throws IOException {
    echo.serve(certificate("shop", "shop.example"));
    echo.server.handshakeTimeout(Duration.ofMillis(100));
    try (RawClient silent = RawClient.connect(echo.port())) {
      assertThat(silent.isClosedWithin(PATIENCE)).isTrue();
    }
    try (RawClient halfway = RawClient.connect(echo.port())) {
      halfway.send(new byte[] {22, 3, 1, 2, 0, 1});
      assertThat(halfway.isClosedWithin(PATIENCE)).isTrue();
    }
    Await.until("counted", () -> echo.failures(HandshakeFault.TIMEOUT) == 2);
  }

  @Test
  void countsWhoGoesAwayAndWhoDistrustsUs() throws IOException {
    echo.serve(certificate("shop", "shop.example"));
    RawClient.connect(echo.port()).close();
    Await.until("counted", () -> echo.failures(HandshakeFault.CLOSED) == 1);
    try (SSLSocket socket = echo.connect(TestCa.create().clientContext(), "shop.example")) {
      assertThatThrownBy(socket::startHandshake).isInstanceOf(SSLException.class);
    }
    Await.until("counted", () -> echo.failures(HandshakeFault.REFUSED_BY_CLIENT) == 1);
  }

  @Test
  void refusesByAnAlertWithoutAnyCertificate() throws IOException {
    try (SSLSocket socket = echo.connect("shop.example")) {
      assertThatThrownBy(socket::startHandshake).hasMessageContaining("unrecognized_name");
    }
    Await.until("counted", () -> echo.failures(HandshakeFault.NO_CERTIFICATE) == 1);
    assertThat(echo.failures(HandshakeFault.OTHER)).isZero();
  }

  @Test
  void drainsConnectionsBeforeAndAfterTheirHandshake() throws Exception {
    echo.serve(certificate("shop", "shop.example"));
    try (SSLSocket done = echo.connect("shop.example");
        SSLSocket begun = echo.connect("shop.example")) {
      assertThat(echoOf(done, 1)).isEqualTo(1);
      Await.until(
          "both accepted",
          () -> echo.signals.counter(Metric.CONNECTIONS_ACCEPTED, "echo").value() == 2);
      echo.drain();
      assertThat(done.getInputStream().read()).isEqualTo(-1);
      begun.startHandshake();
      assertThat(begun.getInputStream().read()).isEqualTo(-1);
    }
  }

  @Test
  void tellsHowLongCertificatesAreGood() throws IOException {
    echo.serve(
        echo.ca.issue("EC", Duration.ofDays(10), "new.example").write(folder, "new"),
        echo.ca.issue("EC", Duration.ofDays(-2), "old.example").write(folder, "old"));
    assertThat(days("new.pem")).isBetween(9.9, 10.0);
    assertThat(days("old.pem")).isBetween(-2.1, -2.0);
    try (SSLSocket socket = echo.connect("new.example")) {
      assertThat(echoOf(socket, 7)).isEqualTo(7);
    }
  }

  private double days(String certificate) {
    return echo.signals.samples().stream()
        .filter(s -> s.series().metric() == Metric.TLS_CERTIFICATE_DAYS)
        .filter(s -> s.series().labelValues().equals(List.of(certificate)))
        .mapToDouble(s -> ((dev.terrace.core.signal.Signals.Sample.Value) s).value())
        .findFirst()
        .orElseThrow();
  }
}
