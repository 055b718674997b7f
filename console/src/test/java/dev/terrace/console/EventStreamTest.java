package dev.terrace.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;
import dev.terrace.core.pool.MemberState;
import dev.terrace.core.signal.Metric;
import dev.terrace.core.signal.Signals;
import dev.terrace.testkit.Await;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class EventStreamTest {

  private RunningShop shop;

  @BeforeEach
  void start() throws Exception {
    shop = new RunningShop();
  }

  @AfterEach
  void stop() {
    shop.close();
  }

  private record Event(String name, JsonNode data) {}

  private static Event next(BufferedReader lines) throws IOException {
    String name = lines.readLine();
    String data = lines.readLine();
    assertThat(lines.readLine()).isEmpty();
    return new Event(name.substring("event: ".length()), Http.json(data.substring(6)));
  }

  private BufferedReader stream() {
    HttpResponse<InputStream> answer = Http.open(shop.uri("/api/events"));
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("Content-Type")).contains("text/event-stream");
    return new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8));
  }

  private double sample(Metric metric, String... labels) {
    return shop.signals.samples().stream()
        .filter(s -> s.series().equals(new Signals.Series(metric, List.of(labels))))
        .mapToDouble(s -> s instanceof Signals.Sample.Value v ? v.value() : 0)
        .sum();
  }

  @Test
  void beginsWithThePastAndGoesOnEverySecond() throws IOException {
    try (BufferedReader lines = stream()) {
      assertThat(next(lines).name()).isEqualTo("history");
      Event first = next(lines);
      assertThat(first.name()).isEqualTo("snapshot");
      shop.signals.counter(Metric.DNS_QUERIES, "NOERROR").add(100);
      long started = System.nanoTime();
      double rate = 0;
      while (rate == 0) {
        rate = next(lines).data().get("tiers").get(0).get("perSecond").asDouble();
      }
      assertThat(rate).isBetween(70.0, 110.0);
      next(lines);
      assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(Duration.ofSeconds(4));
    }
  }

  @Test
  void aChangeOfHealthIsSentAtOnce() throws IOException {
    try (BufferedReader lines = stream()) {
      next(lines);
      next(lines);
      for (int i = 0; i < 3; i++) {
        next(lines); // one of those that come every second: the next is a second away
        boolean up = i % 2 == 1;
        long changed = System.nanoTime();
        shop.pools()
            .get("app")
            .setHealth("127.0.0.1:9001", up ? MemberState.UP : MemberState.DOWN, "because " + i);
        String reason = "";
        while (!reason.equals("because " + i)) {
          JsonNode pools = next(lines).data().get("pools");
          reason = pools.get(0).get("members").get(0).get("reason").asText();
        }
        Duration taken = Duration.ofNanos(System.nanoTime() - changed);
        assertThat(taken).isLessThan(Duration.ofMillis(700));
      }
    }
  }

  @Test
  void oneStreamTooManyIsRefusedAndClosedOnesMakeRoom() throws IOException {
    List<BufferedReader> streams = new ArrayList<>();
    for (int i = 0; i < EventStreams.STREAMS_MAX; i++) {
      streams.add(stream());
    }
    HttpResponse<String> refused = Http.get(shop.uri("/api/events"));
    assertThat(refused.statusCode()).isEqualTo(503);
    assertThat(Http.json(refused).get("remedy").asText()).isNotEmpty();
    assertThat(sample(Metric.ADMIN_STREAMS_CUT, "limit")).isEqualTo(1);
    for (BufferedReader stream : streams) {
      stream.close();
    }
    Await.until(
        "closed streams are forgotten",
        Duration.ofSeconds(6),
        () -> sample(Metric.ADMIN_STREAMS) == 0);
    stream().close();
  }

  @Test
  void whoDoesNotReadIsCutAndHoldsUpNobody() throws IOException {
    Signals signals = new Signals();
    Deadlines deadlines = new Deadlines();
    byte[] large = EventStreams.event("snapshot", new byte[8 << 20]);
    try (EventStreams streams = new EventStreams(signals, deadlines, Duration.ofMillis(300));
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      HttpServer server =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      server.setExecutor(threads);
      server.createContext(
          "/",
          exchange -> {
            try (exchange) {
              streams.tryEnter();
              streams.serve(exchange, new byte[] {'\n'});
            }
          });
      server.start();
      try (Socket stuck =
          new Socket(InetAddress.getLoopbackAddress(), server.getAddress().getPort())) {
        stuck
            .getOutputStream()
            .write("GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        Await.until("the stream is open", Duration.ofSeconds(2), () -> !streams.isEmpty());
        Await.until(
            "the stream is cut",
            Duration.ofSeconds(5),
            () -> {
              long before = System.nanoTime();
              streams.publish(large);
              assertThat(System.nanoTime() - before).isLessThan(100_000_000L);
              deadlines.enforce();
              return streams.isEmpty();
            });
        assertThat(signals.counter(Metric.ADMIN_STREAMS_CUT, "slow").value()).isEqualTo(1);
      } finally {
        server.stop(0);
      }
    }
  }
}
