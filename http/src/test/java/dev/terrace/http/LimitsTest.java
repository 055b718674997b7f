package dev.terrace.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrace.core.signal.Metric;
import dev.terrace.core.signal.Signals;
import dev.terrace.testkit.Await;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What one request may take, and what one pool may have in hand. */
@SuppressWarnings("StringConcatToTextBlock") // the line ends matter
class LimitsTest {

  private static String reason(HttpConnection.Message answer) {
    return answer.status() + " " + answer.header("x-terrace-reason");
  }

  private static Backend held(CountDownLatch go) throws IOException {
    return Backend.answering(request -> {
      try {
        go.await();
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
      return Backend.ok("x");
    });
  }

  @Test
  void aBodyThatIsTooLargeIsRefusedByItsLengthAtOnce() throws IOException {
    try (Backend backend = Backend.saying("x");
        Proxy proxy = Proxy.of(Proxy.file("max-body: 1KB, ", "", backend));
        HttpConnection client = proxy.connect()) {
      client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1024\r\n\r\n" + "x".repeat(1024));
      assertThat(client.read().text()).isEqualTo("x");
      client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1025\r\n\r\n");
      assertThat(reason(client.read())).isEqualTo("413 BODY_TOO_LARGE");
      assertThat(client.closes()).isTrue();
      assertThat(backend.requests).hasValue(1);
      assertThat(proxy.counter(Metric.HTTP_REJECTED, "BODY_TOO_LARGE")).isEqualTo(1);
    }
  }

  @Test
  void aBodyInChunksIsCountedAsItComesWithoutItsFraming() throws IOException {
    String one = "1\r\nx\r\n";
    try (Backend backend = Backend.answering(request -> Backend.ok("" + request.body().length));
        Proxy proxy = Proxy.of(Proxy.file("max-body: 1KB, ", "", backend));
        HttpConnection client = proxy.connect()) {
      String head = "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
      client.send(head + one.repeat(1024) + "0\r\n\r\n");
      assertThat(client.read().text()).isEqualTo("1024");
      client.send(head + one.repeat(1025));
      assertThat(reason(client.read())).isEqualTo("413 BODY_TOO_LARGE");
      assertThat(client.closes()).isTrue();
      proxy.awaitBalanced();
    }
  }

  @Test
  void aRouteMayHaveLimitsOfItsOwn() throws IOException {
    try (Backend backend = Backend.saying("x");
        Proxy proxy =
            Proxy.of(
                Proxy.file("max-body: 1KB, ", "", backend)
                    .replace("pool: app}", "pool: app, max-body: 2KB}"));
        HttpConnection client = proxy.connect()) {
      client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2048\r\n\r\n" + "x".repeat(2048));
      assertThat(client.read().text()).isEqualTo("x");
    }
  }

  @Test
  void timeInAllIsBoundedHoweverMuchHappens() throws IOException {
    try (Backend silent = Backend.start(connection -> connection.in.readAllBytes());
        Backend slow =
            Backend.start(connection -> {
              connection.read();
              connection.send("HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n");
              while (true) {
                connection.send("x");
              }
            });
        Proxy none = Proxy.of(Proxy.file("total-timeout: 300ms, ", "", silent));
        Proxy late = Proxy.of(Proxy.file("total-timeout: 300ms, ", "", slow));
        HttpConnection first = none.connect();
        HttpConnection second = late.connect()) {
      first.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\n");
      assertThat(reason(first.read())).isEqualTo("504 TOTAL_TIMEOUT");
      assertThat(org.assertj.core.api.Assertions.catchThrowable(() -> second.get("/")))
          .isInstanceOf(IOException.class);
      assertThat(late.counter(Metric.HTTP_REJECTED, "TOTAL_TIMEOUT")).isEqualTo(1);
      none.awaitBalanced();
      late.awaitBalanced();
    }
  }

  @Test
  void aPoolHasOnlySoManyRequestsInHand() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    try (Backend backend = held(go);
        Proxy proxy = Proxy.of(Proxy.file("", "max-requests: 1, ", backend));
        HttpConnection first = proxy.connect()) {
      first.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
      Await.until("the member is busy", () -> backend.requests.get() == 1);
      HttpConnection.Message refused = proxy.get("/");
      assertThat(reason(refused)).isEqualTo("503 OVERLOADED");
      assertThat(refused.header("retry-after")).isEqualTo("1");
      go.countDown();
      assertThat(first.read().text()).isEqualTo("x");
      assertThat(proxy.get("/").text()).isEqualTo("x");
    }
  }

  @Test
  void requestsWaitForAConnectionInTurn() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    AtomicInteger most = new AtomicInteger();
    AtomicInteger now = new AtomicInteger();
    try (Backend backend =
            Backend.answering(request -> {
              most.accumulateAndGet(now.incrementAndGet(), Math::max);
              try {
                go.await();
              } catch (InterruptedException e) {
                throw new IOException(e);
              }
              now.decrementAndGet();
              return Backend.ok(request.text());
            });
        Proxy proxy =
            Proxy.of(Proxy.file("", "max-connections: 2, pending-timeout: 8s, ", backend))) {
      List<CompletableFuture<String>> answers = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        String body = String.valueOf(i + 10);
        answers.add(
            CompletableFuture.supplyAsync(
                () -> {
                  try (HttpConnection client = proxy.connect()) {
                    client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n" + body);
                    return client.read().text();
                  } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                  }
                },
                task -> Thread.ofVirtual().start(task)));
      }
      Await.until("the others wait", () -> proxy.gauge(Metric.HTTP_PENDING, "app") == 38);
      go.countDown();
      for (int i = 0; i < 40; i++) {
        assertThat(answers.get(i).join()).isEqualTo(String.valueOf(i + 10));
      }
      assertThat(most.get()).isLessThanOrEqualTo(2);
      assertThat(proxy.gauge(Metric.HTTP_PENDING, "app")).isZero();
      assertThat(proxy.gauge(Metric.HTTP_IN_HAND, "app")).isZero();
      proxy.awaitBalanced();
    }
  }

  @Test
  void waitingEndsInTimeOrWithTheClient() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    String limits = "max-connections: 1, max-pending: 1, pending-timeout: 700ms, ";
    try (Backend backend = held(go);
        Proxy proxy = Proxy.of(Proxy.file("", limits, backend));
        HttpConnection first = proxy.connect();
        HttpConnection waits = proxy.connect()) {
      first.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
      Await.until("the member is busy", () -> backend.requests.get() == 1);
      try (HttpConnection leaves = proxy.connect()) {
        leaves.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
        Await.until("it waits", () -> proxy.gauge(Metric.HTTP_PENDING, "app") == 1);
        assertThat(reason(proxy.get("/"))).isEqualTo("503 LIMIT");
        leaves.socket().setSoLinger(true, 0);
      }
      Await.until("its place is free", () -> proxy.gauge(Metric.HTTP_PENDING, "app") == 0);
      waits.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
      assertThat(reason(waits.read())).isEqualTo("503 PENDING_TIMEOUT");
      assertThat(proxy.gauge(Metric.HTTP_PENDING, "app")).isZero();
      go.countDown();
      assertThat(first.read().text()).isEqualTo("x");
      assertThat(waits.get("/").text()).isEqualTo("x");
      proxy.awaitBalanced();
    }
  }

  @Test
  void aRateIsLimitedForEachKeyAndOverReloads() throws Exception {
    try (Backend backend = Backend.saying("x")) {
      String file =
          Proxy.file("", "", backend)
              .replace(
                  "pool: app}",
                  "pool: app, rate-limit: {rate: 30/m, burst: 2, by: 'header:X-Key'}}");
      try (Proxy proxy = Proxy.of(file);
          HttpConnection client = proxy.connect()) {
        for (String key : List.of("a", "b")) {
          String request = "GET / HTTP/1.1\r\nHost: h\r\nX-Key: " + key + "\r\n\r\n";
          assertThat(client.send(request).read().text()).isEqualTo("x");
          assertThat(client.send(request).read().text()).isEqualTo("x");
          HttpConnection.Message limited = client.send(request).read();
          assertThat(reason(limited)).isEqualTo("429 RATE_LIMITED");
          assertThat(limited.header("retry-after")).isEqualTo("2");
          proxy.configure(file.replace("burst: 2,", "burst: 2, "));
          assertThat(client.send(request).read().status()).isEqualTo(429);
        }
        proxy.configure(file.replace("burst: 2", "burst: 3").replace("header:X-Key", "client"));
        for (int i = 0; i < 3; i++) {
          assertThat(client.get("/").status()).isEqualTo(200);
        }
        assertThat(client.get("/").status()).isEqualTo(429);
        assertThat(backend.requests).hasValue(7);
        assertThat(proxy.counter(Metric.HTTP_REJECTED, "RATE_LIMITED")).isEqualTo(5);
      }
    }
  }

  @Test
  void aRateLimitKnowsSoManyKeys() throws Exception {
    try (Backend backend = Backend.saying("x")) {
      String file =
          Proxy.file("", "", backend)
              .replace(
                  "pool: app}",
                  "pool: app, rate-limit: {rate: 1/h, by: 'header:X-Key', max-keys: 8}}");
      try (Proxy small = Proxy.of(file);
          Proxy usual = Proxy.of(file.replace(", max-keys: 8", ""))) {
        for (Proxy proxy : List.of(small, usual)) {
          try (HttpConnection client = proxy.connect()) {
            for (int key = 0; key < 1000; key++) {
              assertThat(asks(client, key)).isEqualTo(200);
            }
            assertThat(asks(client, 999)).as("the newest is known").isEqualTo(429);
            assertThat(asks(client, 0)).isEqualTo(proxy == usual ? 429 : 200);
          }
        }
        assertThat(forgotten(small)).isGreaterThan(900);
        assertThat(forgotten(usual)).isZero();
      }
    }
  }

  private static int asks(HttpConnection client, int key) throws IOException {
    return client.send("GET / HTTP/1.1\r\nHost: h\r\nX-Key: " + key + "\r\n\r\n").read().status();
  }

  private static double forgotten(Proxy proxy) {
    return proxy.signals.samples().stream()
        .filter(sample -> sample.series().metric() == Metric.HTTP_RATE_LIMIT_FORGOTTEN)
        .mapToDouble(sample -> ((Signals.Sample.Value) sample).value())
        .sum();
  }
}
