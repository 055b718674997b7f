package dev.terrace.net.acme;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.sun.net.httpserver.HttpServer;
import dev.terrace.core.pool.Address;
import dev.terrace.core.signal.Metric;
import dev.terrace.core.signal.Signals;
import dev.terrace.net.EventLoops;
import dev.terrace.net.Listeners;
import dev.terrace.net.Transport;
import dev.terrace.net.tls.CertificateStore;
import dev.terrace.net.tls.ServerCertificate;
import dev.terrace.net.tls.TlsServer;
import dev.terrace.testkit.Await;
import dev.terrace.testkit.TestCa;
import io.netty.channel.Channel;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Certificates of a real ACME server. */
class AcmeRenewalTest {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir private Path folder;
  private final Signals signals = new Signals();
  private final CertificateStore store = new CertificateStore(signals);
  private final AcmeChallenges challenges = new AcmeChallenges();
  private final AcmeRenewal renewal = new AcmeRenewal(store, challenges, signals);
  private final List<AutoCloseable> opened = new ArrayList<>(List.of(store, renewal));

  @AfterEach
  void stop() throws Exception {
    for (AutoCloseable one : opened.reversed()) {
      one.close();
    }
  }

  private Pebble authority() throws IOException {
    assumeThat(Pebble.available()).as("Debian's package pebble").isTrue();
    Pebble pebble = new Pebble(folder);
    opened.add(pebble);
    return pebble;
  }

  private Path storage() {
    return folder.resolve("acme");
  }

  private void serveChallenges(int port) throws IOException {
    HttpServer http = HttpServer.create(new InetSocketAddress("127.0.0.1", port), 50);
    http.createContext(
        "/",
        exchange -> {
          Optional<String> answer = challenges.answer(exchange.getRequestURI().getPath());
          byte[] body = answer.orElse("").getBytes(StandardCharsets.US_ASCII);
          exchange.sendResponseHeaders(answer.isPresent() ? 200 : 404, body.length);
          try (OutputStream out = exchange.getResponseBody()) {
            out.write(body);
          }
        });
    http.start();
    opened.add(() -> http.stop(0));
  }

  private void awaitIssued(Pebble pebble, int times) {
    try {
      Await.until(
          "a certificate",
          PATIENCE,
          () -> signals.counter(Metric.ACME_ORDERS, "issued").value() == times);
    } catch (AssertionError e) {
      throw new AssertionError(pebble.log(), e);
    }
  }

  @Test
  void getsACertificateOverHttpAndKeepsIt() throws Exception {
    Pebble pebble = authority();
    serveChallenges(pebble.httpPort);
    AcmeSettings settings =
        pebble.settings(
            storage(), AcmeSettings.Challenge.HTTP_01, "shop.example", "www.shop.example");
    renewal.configure(Optional.of(settings));
    awaitIssued(pebble, 1);
    ServerCertificate issued = store.certificates().getFirst();
    assertThat(issued.names()).containsExactlyInAnyOrder("shop.example", "www.shop.example");
    assertThat(issued.chain()).hasSizeGreaterThan(1);
    assertThat(challenges.isEmpty()).isTrue();
    try (Stream<Path> files = Files.list(storage())) {
      assertThat(files).hasSize(2).allMatch(file -> rights(file).equals("rw-------"));
    }
    // Another start has it at once, and asks nobody.
    CertificateStore later = new CertificateStore(signals);
    opened.add(later);
    AcmeRenewal again = new AcmeRenewal(later, challenges, signals);
    opened.add(again);
    again.configure(Optional.of(settings));
    assertThat(later.certificates()).hasSize(1);
    assertThat(later.certificates().getFirst().chain()).isEqualTo(issued.chain());
    // Other names need another certificate; the account is the same.
    renewal.configure(
        Optional.of(
            pebble.settings(storage(), AcmeSettings.Challenge.HTTP_01, "blog.shop.example")));
    awaitIssued(pebble, 2);
    assertThat(store.certificates().getFirst().names()).containsExactly("blog.shop.example");
  }

  private static String rights(Path file) {
    try {
      return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void getsACertificateOverTls() throws Exception {
    Pebble pebble = authority();
    EventLoops loops = EventLoops.start(Transport.best(), 1);
    opened.add(loops);
    TlsServer tls = store.server("https", List.of("http/1.1"));
    Listeners listeners =
        new Listeners(loops, "https", signals, tls.secure((client, s) -> refuse(client)));
    opened.add(listeners);
    listeners.configure(List.of(new Address("127.0.0.1", pebble.tlsPort)), 100, PATIENCE);
    renewal.configure(
        Optional.of(
            pebble.settings(storage(), AcmeSettings.Challenge.TLS_ALPN_01, "shop.example")));
    awaitIssued(pebble, 1);
    assertThat(store.certificates().getFirst().names()).containsExactly("shop.example");
  }

  private static void refuse(Channel client) {
    client.close();
  }

  @Test
  void whatFailsIsCountedAndKeepsWhatThereIs() throws Exception {
    Pebble pebble = authority();
    // Nothing listens on the port that the authority asks.
    renewal.configure(
        Optional.of(pebble.settings(storage(), AcmeSettings.Challenge.HTTP_01, "shop.example")));
    Await.until(
        "a failure", PATIENCE, () -> signals.counter(Metric.ACME_ORDERS, "failed").value() == 1);
    assertThat(store.certificates()).isEmpty();
    assertThat(challenges.isEmpty()).isTrue();
  }

  @Test
  void renewsBeforeTheEndButNotTooSoon() throws Exception {
    TestCa.Issued.Pem files =
        TestCa.create().issue("EC", Duration.ofDays(89), "shop.example").write(folder, "a");
    ServerCertificate ninetyDays = ServerCertificate.read(files.certificate(), files.key());
    Instant begins = ninetyDays.expires().minus(Duration.ofDays(90));
    assertThat(until(ninetyDays, begins, Duration.ofDays(30)))
        .isBetween(Duration.ofDays(57), Duration.ofDays(60));
    // A third of its time is the most that it is given up for.
    assertThat(until(ninetyDays, begins, Duration.ofDays(80))).isGreaterThan(Duration.ofDays(50));
    assertThat(until(ninetyDays, ninetyDays.expires(), Duration.ofDays(30))).isZero();
  }

  private Duration until(ServerCertificate certificate, Instant now, Duration renewBefore) {
    AcmeSettings settings =
        new AcmeSettings(
            java.net.URI.create("https://authority.example/dir"),
            Optional.empty(),
            List.of("shop.example"),
            storage(),
            true,
            AcmeSettings.Challenge.HTTP_01,
            renewBefore,
            Optional.empty());
    return AcmeRenewal.untilRenewal(settings, certificate, now);
  }
}
