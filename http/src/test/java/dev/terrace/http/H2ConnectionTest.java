package dev.terrace.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrace.core.signal.Metric;
import dev.terrace.testkit.Await;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** What may go wrong or slowly on a connection of HTTP/2, and that it stays with its stream. */
class H2ConnectionTest {

  private static final int NO_ERROR = 0;
  private static final int PROTOCOL_ERROR = 1;
  private static final int REFUSED_STREAM = 7;
  private static final int CANCEL = 8;
  private static final int ENHANCE_YOUR_CALM = 11;

  private static int resetOf(H2Client client, int stream) throws IOException {
    while (true) {
      H2Client.Frame frame = client.read();
      if (frame.type() == H2Client.RST_STREAM && frame.stream() == stream) {
        return frame.int32(0);
      }
    }
  }

  @Test
  void aMalformedRequestIsResetAndWhatFollowsOnItIgnored() throws Exception {
    try (Backend backend = Backend.saying("x");
        Proxy proxy = Proxy.to(backend);
        H2Client client = H2Client.to(proxy.port())) {
      Http2Headers bad = H2Client.request("POST", "/", "connection", "close");
      client.headers(1, bad, false);
      client.data(1, "late", false);
      client.data(1, "late", true);
      assertThat(resetOf(client, 1)).isEqualTo(PROTOCOL_ERROR);
      client.headers(3, H2Client.request("POST", "/", "content-length", "2"), false);
      client.data(3, "too long", true);
      assertThat(resetOf(client, 3)).isEqualTo(PROTOCOL_ERROR);
      client.get(5, "/");
      assertThat(client.answer(5).text()).isEqualTo("x");
      proxy.awaitBalanced();
    }
  }

  @Test
  void whatTheParserRefusesIsAnsweredWithItsStatus() throws Exception {
    try (Backend backend = Backend.saying("x");
        Proxy proxy = Proxy.to(backend);
        H2Client client = H2Client.to(proxy.port())) {
      client.headers(1, H2Client.request("GET", "/", "expect", "miracles"), true);
      assertThat(client.answer(1).status()).isEqualTo(417);
      client.headers(3, H2Client.request("HEAD", "/a#b"), true);
      assertThat(client.answer(3).status()).isEqualTo(400);
      client.headers(5, H2Client.request("POST", "/", "x", "y".repeat(40_000)), false);
      assertThat(client.answer(5).status()).isEqualTo(431);
      assertThat(resetOf(client, 5)).isEqualTo(NO_ERROR);
      client.data(5, "late", true);
      client.get(7, "/");
      assertThat(client.answer(7).text()).isEqualTo("x");
    }
  }

  @Test
  void aClientThatResetsIsGoneAndItsMemberFree() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    try (Backend backend =
            Backend.start(connection -> {
              connection.read();
              asked.countDown();
              connection.closes();
            });
        Proxy proxy = Proxy.to(backend);
        H2Client client = H2Client.to(proxy.port())) {
      client.get(1, "/");
      asked.await();
      client.reset(1, CANCEL);
      proxy.awaitBalanced();
    }
  }

  @Test
  void streamsBeyondTheLimitAreRefusedAndTheOthersServed() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    try (Backend backend =
            Backend.answering(request -> {
              await(go);
              return Backend.ok("x");
            });
        Proxy proxy = Proxy.to(backend);
        H2Client client = H2Client.to(proxy.port())) {
      for (int i = 0; i < 128; i++) {
        client.get(2 * i + 1, "/");
      }
      client.headers(257, H2Client.request("POST", "/"), false);
      client.data(257, "late", true);
      assertThat(resetOf(client, 257)).isEqualTo(REFUSED_STREAM);
      go.countDown();
      assertThat(client.answer(1).text()).isEqualTo("x");
    }
  }

  private static void await(CountDownLatch latch) throws IOException {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  @Test
  void anAnswerGoesNoFasterThanTheClientTakesIt() throws Exception {
    int size = 20_000_000;
    AtomicLong sent = new AtomicLong();
    try (Backend backend = Backend.start(connection -> stream(connection, size, sent));
        Proxy proxy = Proxy.to(backend);
        H2Client client = H2Client.to(proxy.port())) {
      client.get(1, "/");
      client.next(H2Client.HEADERS);
      long got = 0;
      while (got < 65_535) {
        got += client.next(H2Client.DATA).payload().length;
      }
      awaitStandstill(sent);
      assertThat(sent.get()).isLessThan(size);
      client.windowUpdate(0, size);
      client.windowUpdate(1, size);
      assertThat(client.answer(1).body()).hasSize(size);
      proxy.awaitBalanced();
    }
  }

  private static void awaitStandstill(AtomicLong sent) {
    AtomicLong seen = new AtomicLong(-1);
    AtomicLong same = new AtomicLong();
    Await.until(
        "no more is sent",
        () ->
            seen.getAndSet(sent.get()) == sent.get()
                ? same.incrementAndGet() == 15
                : same.getAndSet(0) < 0);
  }

  private static void stream(HttpConnection connection, int size, AtomicLong sent)
      throws IOException {
    connection.read();
    connection.send("HTTP/1.1 200 OK\r\nContent-Length: " + size + "\r\n\r\n");
    byte[] piece = new byte[10_000];
    while (sent.get() < size) {
      connection.out.write(piece);
      sent.addAndGet(piece.length);
    }
    connection.closes();
  }

  @Test
  void aRequestGoesNoFasterThanTheMemberTakesIt() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    int size = 8_000_000;
    try (Backend backend =
            Backend.start(connection -> {
              connection.head();
              await(go);
              int got = connection.in.readNBytes(size).length;
              connection.send(Backend.ok("" + got));
            });
        Proxy proxy = Proxy.to(backend);
        H2Client client = H2Client.to(proxy.port())) {
      client.headers(1, H2Client.request("POST", "/", "content-length", "" + size), false);
      H2Upload upload = new H2Upload(client, 1, size);
      upload.sendUntilBlocked(Duration.ofMillis(500));
      assertThat(upload.sent()).isLessThan(size);
      go.countDown();
      upload.sendAll();
      assertThat(client.answer(1).text()).isEqualTo("" + size);
    }
  }

  @Test
  void anEarlyAnswerEndsTheStreamWithoutAnError() throws Exception {
    try (Backend backend =
            Backend.start(connection -> {
              connection.head();
              connection.send(Backend.ok("enough"));
              connection.closes();
            });
        Proxy proxy = Proxy.to(backend);
        H2Client client = H2Client.to(proxy.port())) {
      client.headers(1, H2Client.request("POST", "/"), false);
      client.data(1, "some", false);
      assertThat(client.answer(1).text()).isEqualTo("enough");
      assertThat(resetOf(client, 1)).isEqualTo(NO_ERROR);
      client.data(1, "late", false);
      client.get(3, "/");
      assertThat(client.answer(3).text()).isEqualTo("enough");
    }
  }

  @Test
  void theConnectionDrainsInTwoStepsAndServesWhatItHas() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    try (Backend backend =
            Backend.answering(request -> {
              await(go);
              return Backend.ok("x");
            });
        Proxy proxy = Proxy.to(backend)) {
      drainInTwoSteps(backend, proxy, go).get();
    }
  }

  private static CompletableFuture<Void> drainInTwoSteps(
      Backend backend, Proxy proxy, CountDownLatch go) throws IOException {
    try (H2Client client = H2Client.to(proxy.port())) {
      client.get(1, "/");
      Await.until("taken", () -> backend.connections.get() == 1);
      CompletableFuture<Void> drained = proxy.front.drain(Duration.ofSeconds(20));
      H2Client.Frame first = client.next(H2Client.GOAWAY);
      assertThat(first.int32(0)).isEqualTo(Integer.MAX_VALUE);
      H2Client.Frame ping = client.next(H2Client.PING);
      client.get(3, "/");
      client.frame(H2Client.PING, H2Client.ACK, 0, ping.payload());
      H2Client.Frame second = client.next(H2Client.GOAWAY);
      assertThat(second.int32(0)).isEqualTo(3);
      go.countDown();
      assertThat(client.goAwayError()).isEqualTo(-1);
      assertThat(client.taken(1).text()).isEqualTo("x");
      assertThat(client.taken(3).text()).isEqualTo("x");
      return drained;
    }
  }

  @Test
  void anIdleConnectionIsToldAndClosed() throws Exception {
    try (Backend backend = Backend.saying("x");
        Proxy proxy = Proxy.of(Proxy.file("idle-timeout: 300ms, ", "", backend));
        H2Client client = H2Client.to(proxy.port())) {
      client.get(1, "/");
      assertThat(client.answer(1).text()).isEqualTo("x");
      assertThat(client.goAwayError()).isEqualTo(NO_ERROR);
    }
  }

  @Test
  void aStreamThatIsSilentForTooLongEndsAlone() throws Exception {
    try (Backend backend = Backend.saying("x");
        Proxy proxy = Proxy.of(Proxy.file("idle-timeout: 400ms, ", "", backend));
        H2Client client = H2Client.to(proxy.port())) {
      client.headers(1, H2Client.request("POST", "/"), false);
      assertThat(client.answer(1).status()).isEqualTo(408);
      client.get(3, "/");
      assertThat(client.answer(3).text()).isEqualTo("x");
    }
  }

  @Test
  void floodsEndTheConnection() throws Exception {
    byte[] ping = H2Client.bytes(H2Client.PING, 0, 0, new byte[8]);
    byte[] settings = H2Client.bytes(H2Client.SETTINGS, 0, 0, new byte[0]);
    byte[] window = H2Client.bytes(H2Client.WINDOW_UPDATE, 0, 0, H2Client.int32(1));
    byte[] priority = H2Client.bytes(H2Client.PRIORITY, 0, 1, new byte[5]);
    try (Backend backend = Backend.saying("x");
        Proxy proxy = Proxy.to(backend)) {
      for (byte[] frame : new byte[][] {ping, settings, window, priority}) {
        assertFlood(proxy, frame);
      }
      assertThat(proxy.counter(Metric.HTTP_FLOODS, "PING")).isEqualTo(1);
      assertThat(proxy.counter(Metric.HTTP_FLOODS, "SETTINGS")).isEqualTo(1);
      assertThat(proxy.counter(Metric.HTTP_FLOODS, "WINDOW_UPDATE")).isEqualTo(1);
      assertThat(proxy.counter(Metric.HTTP_FLOODS, "PRIORITY")).isEqualTo(1);
    }
  }

  private static void assertFlood(Proxy proxy, byte[] frame) throws IOException {
    java.io.ByteArrayOutputStream many = new java.io.ByteArrayOutputStream();
    for (int i = 0; i < 20_000; i++) {
      many.writeBytes(frame);
    }
    try (H2Client client = H2Client.to(proxy.port())) {
      Thread.ofVirtual()
          .start(() -> {
            try {
              client.raw(many.toByteArray());
            } catch (IOException e) {
              // the connection ends while we flood it
            }
          });
      assertThat(client.goAwayError()).isIn(ENHANCE_YOUR_CALM, -1);
    }
  }

  @Test
  void rapidResetsEndTheConnection() throws Exception {
    try (Backend backend = Backend.saying("x");
        Proxy proxy = Proxy.to(backend);
        H2Client client = H2Client.to(proxy.port())) {
      try {
        for (int i = 0; i < 5000; i++) {
          client.get(2 * i + 1, "/");
          client.reset(2 * i + 1, CANCEL);
        }
      } catch (IOException e) {
        // the connection ended
      }
      Await.until("ended", () -> proxy.counter(Metric.HTTP_FLOODS, "RST_STREAM") == 1);
      proxy.awaitBalanced();
    }
  }
}
