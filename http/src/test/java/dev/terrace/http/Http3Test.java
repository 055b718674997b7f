package dev.terrace.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.terrace.core.signal.Metric;
import dev.terrace.net.tls.TlsSettings;
import dev.terrace.net.tls.TlsSettings.CertificateFiles;
import dev.terrace.testkit.Await;
import dev.terrace.testkit.TestCa;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http3.DefaultHttp3Headers;
import io.netty.handler.codec.http3.DefaultHttp3HeadersFrame;
import io.netty.handler.codec.http3.Http3Headers;
import io.netty.handler.codec.quic.QuicStreamChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clients of HTTP/3, before members of HTTP/1.1 and HTTP/2. */
class Http3Test {

  private static final TestCa CA = TestCa.create();

  @TempDir static Path folder;
  private static TestCa.Issued.Pem shop;
  private static TestCa.Issued.Pem other;

  @BeforeAll
  static void certificates() {
    shop = CA.issue("shop.example", "localhost").write(folder, "shop");
    other = CA.issue("*.other.example").write(folder, "other");
  }

  private static Proxy proxy(String http, String pool, String member) throws Exception {
    Proxy proxy =
        Proxy.of(
            """
            listen: {https: '127.0.0.1:0'}
            tls: {certificates: [{certificate: %s, key: %s}, {certificate: %s, key: %s}]}
            pools: {app: {connect-timeout: 10s, %smembers: [%s]}}
            http: {http3: true, %sroutes: [{match: {path: /*}, pool: app}]}
            """
                .formatted(
                    shop.certificate(),
                    shop.key(),
                    other.certificate(),
                    other.key(),
                    pool,
                    member,
                    http));
    proxy.certificates.configure(
        new TlsSettings(
            List.of(
                new CertificateFiles(shop.certificate(), shop.key()),
                new CertificateFiles(other.certificate(), other.key())),
            TlsSettings.Version.TLS_1_2,
            Optional.empty()));
    return proxy;
  }

  private static Http3Client connect(Proxy proxy) throws Exception {
    return Http3Client.to(proxy.http3Port(), "shop.example", CA);
  }

  private static Backend echo() throws Exception {
    return Backend.answering(
        request -> Backend.ok(request.method() + " " + request.target() + " " + request.text()));
  }

  @Test
  void requestsAndAnswers() throws Exception {
    try (Backend member = echo();
        Proxy proxy = proxy("", "", member.address());
        Http3Client client = connect(proxy)) {
      Http3Client.Answer answer = client.get("/a?b=c");
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.body()).isEqualTo("GET /a?b=c ");
      assertThat(answer.header("content-length")).isEqualTo("11");
      assertThat(client.ask("POST", "/p", "hello", "content-length", "5").body())
          .isEqualTo("POST /p hello");
      assertThat(client.ask("POST", "/p", "chunked").body()).isEqualTo("POST /p chunked");
      assertThat(client.ask("HEAD", "/h", "").body()).isEmpty();
      proxy.awaitBalanced();
    }
  }

  @Test
  void certificatesAreChosenByName() throws Exception {
    try (Backend member = echo();
        Proxy proxy = proxy("", "", member.address())) {
      for (String name : List.of("shop.example", "a.other.example")) {
        try (Http3Client client = Http3Client.to(proxy.http3Port(), name, CA)) {
          assertThat(client.shown().getSubjectAlternativeNames().toString())
              .contains(name.equals("shop.example") ? name : "*.other.example");
          assertThat(client.get("/").status()).isEqualTo(200);
        }
      }
    }
  }

  @Test
  void answersOverTlsTellOfHttp3() throws Exception {
    try (Backend member = echo();
        Proxy proxy = proxy("", "", member.address());
        Http3Client client = connect(proxy)) {
      assertThat(client.get("/").header("alt-svc"))
          .isEqualTo("h3=\":" + proxy.http3Port() + "\"; ma=86400");
      assertThat(proxy.http3Port()).isEqualTo(proxy.securePort());
    }
  }

  @Test
  void largeBodiesPassBothWays() throws Exception {
    String big = "x".repeat(1 << 20);
    try (Http2Backend member =
            Http2Backend.onEnd(stream -> stream.answer(stream.body().length() + big));
        Proxy proxy = proxy("", "protocol: http2, ", member.address());
        Http3Client client = connect(proxy)) {
      Http3Client.Answer answer = client.ask("POST", "/", big);
      assertThat(answer.body()).hasSize(big.length() + 7).startsWith("1048576");
      proxy.awaitBalanced();
    }
  }

  @Test
  void trailersOfAMemberOfHttp1Pass() throws Exception {
    String chunks = "3\r\nabc\r\n0\r\nSum: 42\r\nContent-Type: a/b\r\n\r\n";
    try (Backend member =
            Backend.answering(
                request -> "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks);
        Proxy proxy = proxy("", "", member.address());
        Http3Client client = connect(proxy)) {
      Http3Client.Answer answer = client.get("/");
      assertThat(answer.body()).isEqualTo("abc");
      assertThat(answer.trailers.size()).isOne();
      assertThat(answer.trailers.get("sum")).hasToString("42");
    }
  }

  @Test
  void trailersPassBothWays() throws Exception {
    try (Http2Backend member =
            Http2Backend.onEnd(stream ->
                stream
                    .head(false, ":status", "200")
                    .data("got " + stream.trailers.get("sum"), false)
                    .head(true, "grpc-status", "0"));
        Proxy proxy = proxy("", "protocol: http2, ", member.address());
        Http3Client client = connect(proxy)) {
      Http3Client.Answer answer = new Http3Client.Answer();
      QuicStreamChannel stream = client.open(answer);
      stream.write(Http3Client.head("POST", "/"));
      stream.write(Http3Client.data("body"));
      Http3Headers trailers = new DefaultHttp3Headers();
      trailers.add("sum", "42");
      stream
          .writeAndFlush(new DefaultHttp3HeadersFrame(trailers))
          .addListener(QuicStreamChannel.SHUTDOWN_OUTPUT);
      answer.await();
      assertThat(answer.body()).isEqualTo("got 42");
      assertThat(answer.trailers.get("grpc-status")).hasToString("0");
    }
  }

  @Test
  void manyStreamsAtOnce() throws Exception {
    try (Backend member = echo();
        Proxy proxy = proxy("max-streams: 50, ", "", member.address());
        Http3Client client = connect(proxy)) {
      List<Http3Client.Answer> answers = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        Http3Client.Answer answer = new Http3Client.Answer();
        client
            .open(answer)
            .writeAndFlush(Http3Client.head("GET", "/" + i))
            .addListener(QuicStreamChannel.SHUTDOWN_OUTPUT);
        answers.add(answer);
      }
      for (int i = 0; i < 50; i++) {
        assertThat(answers.get(i).await().body()).isEqualTo("GET /" + i + " ");
      }
      proxy.awaitBalanced();
    }
  }

  @Test
  void malformedRequestsAreReset() throws Exception {
    try (Backend member = echo();
        Proxy proxy = proxy("", "", member.address());
        Http3Client client = connect(proxy)) {
      String[][] bad = {
        {"content-length", "9"}, {"connection", "close"}, {"a", "b\r\nevil: 1"}, {"A", "b"}
      };
      for (String[] field : bad) {
        assertThatThrownBy(() -> client.ask("POST", "/", "body", field)).isNotNull();
      }
      assertThat(client.get("/after").status()).isEqualTo(200);
      assertThatThrownBy(() -> client.ask("GET", "/", "", "host", "else.example")).isNotNull();
      // Fields beyond the limit we have told of end the connection.
      assertThatThrownBy(() -> client.get("/" + "a".repeat(40_000))).isNotNull();
      try (Http3Client another = connect(proxy)) {
        assertThat(another.get("/after").status()).isEqualTo(200);
      }
      proxy.awaitBalanced();
    }
  }

  @Test
  void aClientThatGivesUpFreesTheMember() throws Exception {
    CompletableFuture<Void> closed = new CompletableFuture<>();
    try (Backend member =
            Backend.start(connection -> {
              connection.read();
              connection.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n1");
              if (connection.closes()) {
                closed.complete(null);
              }
            });
        Proxy proxy = proxy("", "", member.address());
        Http3Client client = connect(proxy)) {
      Http3Client.Answer answer = new Http3Client.Answer();
      QuicStreamChannel stream = client.open(answer);
      stream
          .writeAndFlush(Http3Client.head("GET", "/"))
          .addListener(QuicStreamChannel.SHUTDOWN_OUTPUT);
      answer.begun.get(10, TimeUnit.SECONDS);
      stream.shutdown(0x10c);
      stream.close();
      client.quic.close(true, 0x100, Unpooled.EMPTY_BUFFER);
      closed.get(10, TimeUnit.SECONDS);
      proxy.awaitBalanced();
    }
  }

  @Test
  void aDrainFinishesWhatIsInHand() throws Exception {
    CompletableFuture<Void> go = new CompletableFuture<>();
    try (Backend member =
            Backend.answering(request -> {
              go.join();
              return Backend.ok("done");
            });
        Proxy proxy = proxy("", "", member.address());
        Http3Client client = connect(proxy)) {
      Http3Client.Answer answer = new Http3Client.Answer();
      client
          .open(answer)
          .writeAndFlush(Http3Client.head("GET", "/"))
          .addListener(QuicStreamChannel.SHUTDOWN_OUTPUT);
      Await.until("asked", () -> proxy.members().getFirst().load().inFlight() == 1);
      CompletableFuture<Void> drained = proxy.front.drain(Duration.ofSeconds(10));
      assertThat(client.goAway.get(10, TimeUnit.SECONDS)).isEqualTo(4);
      go.complete(null);
      assertThat(answer.await().body()).isEqualTo("done");
      drained.get(10, TimeUnit.SECONDS);
    }
  }

  @Test
  void clientsProveTheirAddressFromTheThresholdOn() throws Exception {
    try (Backend member = echo();
        Proxy trusting = proxy("", "", member.address());
        Proxy strict = proxy("quic: {retry-threshold: 0}, ", "", member.address());
        Http3Client trusted = connect(trusting);
        Http3Client proven = connect(strict)) {
      assertThat(trusted.get("/").status()).isEqualTo(200);
      assertThat(trusting.counter(Metric.HTTP_QUIC_RETRIES)).isZero();
      assertThat(proven.get("/").status()).isEqualTo(200);
      assertThat(strict.counter(Metric.HTTP_QUIC_RETRIES)).isPositive();
    }
  }

  @Test
  void whoCancelsTooMuchIsCutOff() throws Exception {
    try (Backend member = Backend.start(connection -> connection.in.readAllBytes());
        Proxy proxy = proxy("quic: {max-cancelled: 3}, ", "", member.address());
        Http3Client client = connect(proxy)) {
      for (int i = 1; i <= 4; i++) {
        assertThat(client.quic.isActive()).isTrue();
        QuicStreamChannel stream = client.open(new Http3Client.Answer());
        stream.writeAndFlush(Http3Client.head("GET", "/"));
        int asked = i;
        Await.until("the member is asked", () -> member.connections.get() == asked);
        stream.shutdown(0x10C); // H3_REQUEST_CANCELLED
      }
      assertThat(client.quic.closeFuture().await(10, TimeUnit.SECONDS)).isTrue();
      assertThat(proxy.counter(Metric.HTTP_FLOODS, "cancelled requests")).isEqualTo(1);
      proxy.awaitBalanced();
    }
  }

  @Test
  void theWindowsAreThoseOfTheFile() throws Exception {
    String windows = "stream-window: 32KB, connection-window: 64KB, ";
    try (Backend member = echo();
        Proxy usual = proxy("", "", member.address());
        Proxy small = proxy(windows, "", member.address());
        Http3Client many = connect(usual);
        Http3Client few = connect(small)) {
      assertThat(Objects.requireNonNull(many.quic.peerTransportParameters()))
          .extracting(p -> p.initialMaxStreamDataBidiRemote(), p -> p.initialMaxData())
          .containsExactly(256L * 1024, 1024L * 1024);
      assertThat(Objects.requireNonNull(few.quic.peerTransportParameters()))
          .extracting(p -> p.initialMaxStreamDataBidiRemote(), p -> p.initialMaxData())
          .containsExactly(32L * 1024, 64L * 1024);
      String big = "0123456789".repeat(30_000);
      assertThat(few.ask("POST", "/", big).body()).as("small, but opened again").endsWith(big);
    }
  }
}
