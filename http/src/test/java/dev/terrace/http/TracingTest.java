package dev.terrace.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.terrace.core.signal.Metric;
import dev.terrace.testkit.Await;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;

@SuppressWarnings("StringConcatToTextBlock") // the line ends matter
class TracingTest {

  private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
  private static final String PARENT = "00f067aa0ba902b7";

  /** A real server that takes spans, and reads what was sent (protobuf, field by field). */
  private static final class Collector implements AutoCloseable {
    final HttpServer server;
    final List<OtlpSpan> spans = new CopyOnWriteArrayList<>();

    Collector(int status) throws IOException {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 16);
      server.createContext(
          "/v1/traces",
          call -> {
            try (InputStream in = new GZIPInputStream(call.getRequestBody())) {
              List<OtlpSpan> read = OtlpSpan.read(in.readAllBytes());
              if (status == 200) {
                spans.addAll(read);
              }
            }
            call.sendResponseHeaders(status, -1);
            call.close();
          });
      server.start();
    }

    String endpoint() {
      return "http://127.0.0.1:" + server.getAddress().getPort() + "/v1/traces";
    }

    @Override
    public void close() {
      server.stop(0);
    }
  }

  private static String traced(String endpoint, String more, Backend backend) {
    return Proxy.file("tracing: {endpoint: '" + endpoint + "'" + more + "}, ", "", backend);
  }

  private static String get(String lines) {
    return "GET /a?b=c HTTP/1.1\r\nHost: shop\r\nUser-Agent: curl\r\n" + lines + "\r\n";
  }

  private static void assertTellsOfTheRequest(OtlpSpan server) {
    assertThat(server.name()).isEqualTo("GET /*");
    assertThat(server.attributes())
        .containsEntry("http.request.method", "GET")
        .containsEntry("url.path", "/a")
        .containsEntry("url.query", "b=c")
        .containsEntry("url.scheme", "http")
        .containsEntry("server.address", "shop")
        .containsEntry("client.address", "127.0.0.1")
        .containsEntry("network.protocol.version", "1.1")
        .containsEntry("http.route", "/*")
        .containsEntry("user_agent.original", "curl")
        .containsEntry("http.response.status_code", "200")
        .containsEntry("terrace.pool", "app");
  }

  @Test
  void anExchangeAndItsAttemptsAreSpansOfTheClientsTrace() throws IOException {
    AtomicReference<String> member = new AtomicReference<>("");
    try (Collector collector = new Collector(200);
        Backend backend =
            Backend.answering(request -> {
              member.set(request.header("traceparent") + " " + request.header("tracestate"));
              return Backend.ok("hello");
            });
        Proxy proxy =
            Proxy.of(
                traced(collector.endpoint(), ", service: edge", backend)
                    .replace("members: [", "members: ['127.0.0.1:1', "));
        HttpConnection client = proxy.connect()) {
      // Round robin: one of two meets the member that is not there.
      for (int i = 0; i < 2; i++) {
        client.send(get("traceparent: 00-" + TRACE + "-" + PARENT + "-01\r\ntracestate: x=1\r\n"));
        client.read();
      }
      Await.until("five spans", Duration.ofSeconds(10), () -> collector.spans.size() >= 5);
      assertThat(collector.spans).hasSize(5).allMatch(span -> span.trace().equals(TRACE));
      Await.until("they are counted", () -> proxy.counter(Metric.HTTP_SPANS_SENT) == 5);
      List<OtlpSpan> servers = collector.spans.stream().filter(s -> s.kind() == 2).toList();
      assertThat(servers).hasSize(2).allMatch(s -> s.parent().equals(PARENT));
      assertTellsOfTheRequest(servers.getFirst());
      List<OtlpSpan> clients = collector.spans.stream().filter(s -> s.kind() == 3).toList();
      assertThat(clients).hasSize(3);
      OtlpSpan failed =
          clients.stream().filter(s -> s.attributes().containsKey("error.type")).findFirst().get();
      assertThat(failed.attributes())
          .containsEntry("error.type", "UNREACHABLE")
          .containsEntry("server.port", "1");
      OtlpSpan last =
          clients.stream().filter(s -> member.get().contains(s.span())).findFirst().get();
      assertThat(member.get()).isEqualTo("00-" + TRACE + "-" + last.span() + "-01 x=1");
      assertThat(servers).anyMatch(s -> s.span().equals(last.parent()));
      assertThat(last.attributes())
          .containsEntry("url.full", "http://" + backend.address() + "/a?b=c")
          .containsEntry("http.response.status_code", "200");
    }
  }

  @Test
  void whatIsNotSampledGoesOnAndIsNotSent() throws IOException {
    try (Collector collector = new Collector(200);
        Backend backend = Backend.answering(r -> Backend.ok(r.header("traceparent")));
        Proxy proxy = Proxy.of(traced(collector.endpoint(), ", sample: 0%", backend));
        HttpConnection client = proxy.connect()) {
      assertThat(client.send(get("")).read().text()).matches("00-[0-9a-f]{32}-[0-9a-f]{16}-02");
      String unsampled = "00-" + TRACE + "-" + PARENT + "-00";
      assertThat(client.send(get("traceparent: " + unsampled + "\r\n")).read().text())
          .matches("00-" + TRACE + "-(?!" + PARENT + ")[0-9a-f]{16}-00");
      client.send(get("traceparent: 00-" + TRACE + "-" + PARENT + "-01\r\n")).read();
      Await.until("one exchange", Duration.ofSeconds(10), () -> collector.spans.size() >= 2);
      assertThat(collector.spans).hasSize(2);
    }
  }

  @Test
  void withoutTracingTheContextPassesAsItIs() throws IOException {
    String odd = "00-XYZ";
    try (Backend backend = Backend.answering(r -> Backend.ok(r.header("traceparent")));
        Proxy proxy = Proxy.to(backend);
        HttpConnection client = proxy.connect()) {
      assertThat(client.send(get("traceparent: " + odd + "\r\n")).read().text()).isEqualTo(odd);
    }
  }

  @Test
  void aCollectorThatRefusesLosesSpansAndNothingElse() throws IOException {
    try (Collector collector = new Collector(400);
        Backend backend = Backend.saying("hello");
        Proxy proxy = Proxy.of(traced(collector.endpoint(), ", sample: 100%", backend));
        HttpConnection client = proxy.connect()) {
      assertThat(client.send(get("")).read().text()).isEqualTo("hello");
      Await.until(
          "a lost trace",
          Duration.ofSeconds(10),
          () -> proxy.counter(Metric.HTTP_TRACES_LOST, "collector") == 1);
      assertThat(client.send(get("")).read().text()).isEqualTo("hello");
    }
  }

  @Test
  void aCollectorThatIsSilentFillsTheQueueAndNoMore() throws IOException {
    try (Backend silent = Backend.start(connection -> connection.in.readAllBytes());
        Backend backend = Backend.saying("hello");
        Proxy proxy =
            Proxy.of(
                traced(
                    "http://" + silent.address() + "/v1/traces",
                    ", sample: 100%, queue: 16",
                    backend));
        HttpConnection client = proxy.connect()) {
      client.get("/");
      Await.until(
          "the collector is asked", Duration.ofSeconds(10), () -> silent.connections.get() > 0);
      for (int i = 0; i < 30; i++) {
        assertThat(client.get("/").text()).isEqualTo("hello");
      }
      assertThat(proxy.counter(Metric.HTTP_TRACES_LOST, "queue-full")).isGreaterThanOrEqualTo(13);
    }
  }

  @Test
  void aCollectorThatTalksGarbageLosesSpansAndNothingElse() throws IOException {
    try (Backend garbage =
            Backend.start(connection -> {
              connection.in.read();
              connection.out.write("no HTTP\r\n".getBytes(StandardCharsets.US_ASCII));
            });
        Backend backend = Backend.saying("hello");
        Proxy proxy =
            Proxy.of(
                traced("http://" + garbage.address() + "/v1/traces", ", sample: 100%", backend));
        HttpConnection client = proxy.connect()) {
      client.get("/");
      Await.until(
          "the collector is asked", Duration.ofSeconds(10), () -> garbage.connections.get() > 0);
      assertThat(client.get("/").text()).isEqualTo("hello");
    }
  }
}
