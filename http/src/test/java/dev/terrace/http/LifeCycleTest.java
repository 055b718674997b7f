package dev.terrace.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrace.core.signal.Metric;
import dev.terrace.net.Transport;
import dev.terrace.testkit.Await;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Connections over time: sent ahead, half closed, silent, drained, reloaded. */
class LifeCycleTest {

  @ParameterizedTest
  @EnumSource
  void everyTransportServes(Transport transport) throws IOException {
    org.junit.jupiter.api.Assumptions.assumeTrue(transport.available());
    try (Backend backend = Backend.answering(request -> Backend.ok(request.text()));
        Proxy proxy = Proxy.of(transport, Proxy.file("", "", backend));
        HttpConnection client = proxy.connect()) {
      for (int i = 0; i < 5; i++) {
        client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello");
        assertThat(client.read().text()).isEqualTo("hello");
      }
      client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n").socket().shutdownOutput();
      assertThat(client.read().status()).isEqualTo(200);
      assertThat(client.closes()).isTrue();
    }
  }

  @Test
  void requestsSentAheadAreAnsweredInOrder() throws IOException {
    try (Backend backend = Backend.answering(request -> Backend.ok(request.target()));
        Proxy proxy = Proxy.to(backend);
        HttpConnection client = proxy.connect()) {
      StringBuilder all = new StringBuilder();
      for (int i = 0; i < 500; i++) {
        all.append("POST /").append(i).append(" HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\nx");
        all.append("GET /g").append(i).append(" HTTP/1.1\r\nHost: h\r\n\r\n");
      }
      client.send(all.toString());
      client.socket().shutdownOutput();
      for (int i = 0; i < 500; i++) {
        assertThat(client.read().text()).isEqualTo("/" + i);
        assertThat(client.read().text()).isEqualTo("/g" + i);
      }
      assertThat(client.closes()).isTrue();
      proxy.awaitBalanced();
    }
  }

  @Test
  void refusalsWithoutARouteKeepTheirPlaceInTheOrder() throws IOException {
    try (Backend backend = Backend.answering(request -> Backend.ok(request.target()));
        Proxy proxy = Proxy.of(Proxy.file("", "", backend).replace("path: /*", "path: /yes"));
        HttpConnection client = proxy.connect()) {
      String both = "GET /yes HTTP/1.1\r\nHost: h\r\n\r\nGET /no HTTP/1.1\r\nHost: h\r\n\r\n";
      client.send(both.repeat(100));
      for (int i = 0; i < 100; i++) {
        assertThat(client.read().text()).isEqualTo("/yes");
        assertThat(client.read().status()).isEqualTo(404);
      }
    }
  }

  @Test
  void aClientThatOnlySendsIsHeldBack() throws IOException {
    byte[] body = new byte[20_000];
    try (Backend backend = Backend.answering(request -> Backend.ok("x".repeat(body.length)));
        Proxy proxy = Proxy.to(backend);
        HttpConnection client = proxy.connect()) {
      String many = "GET / HTTP/1.1\r\nHost: h\r\n\r\n".repeat(1000);
      CompletableFuture<Void> sent =
          CompletableFuture.runAsync(() -> {
            try {
              client.send(many);
            } catch (IOException e) {
              throw new java.io.UncheckedIOException(e);
            }
          });
      int[] last = {-1};
      long[] since = {System.nanoTime()};
      Await.until(
          "no more requests reach the member",
          () -> {
            int now = backend.requests.get();
            if (now != last[0]) {
              last[0] = now;
              since[0] = System.nanoTime();
            }
            return now > 0 && System.nanoTime() - since[0] > 300_000_000;
          });
      assertThat(backend.requests.get()).isLessThan(1000);
      for (int i = 0; i < 1000; i++) {
        assertThat(client.read().body()).hasSize(body.length);
      }
      sent.join();
    }
  }

  @Test
  void aClientThatLeavesFreesItsMember() throws IOException {
    AtomicInteger cut = new AtomicInteger();
    try (Backend backend =
            Backend.start(connection -> {
              connection.read();
              if (connection.closes()) {
                cut.incrementAndGet();
              }
            });
        Proxy proxy = Proxy.to(backend)) {
      try (HttpConnection client = proxy.connect()) {
        client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
        Await.until("the member is busy", () -> backend.connections.get() == 1);
        client.socket().setSoLinger(true, 0);
      }
      Await.until("the member's connection is closed", () -> cut.get() == 1);
      try (HttpConnection client = proxy.connect()) {
        client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nab");
        Await.until("the member has the rest", () -> backend.connections.get() == 2);
      }
      proxy.awaitBalanced();
    }
  }

  @Test
  void silenceEndsConnections() throws IOException {
    try (Backend backend = Backend.saying("x");
        Proxy proxy =
            Proxy.of(Proxy.file("head-timeout: 300ms, idle-timeout: 600ms, ", "", backend));
        HttpConnection silent = proxy.connect();
        HttpConnection slow = proxy.connect();
        HttpConnection idle = proxy.connect();
        HttpConnection half = proxy.connect()) {
      slow.send("GET / HTTP/1.1\r\nHost:");
      half.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nab");
      assertThat(idle.get("/").text()).isEqualTo("x");
      HttpConnection.Message late = slow.read();
      assertThat(late.status()).isEqualTo(408);
      assertThat(late.header("x-terrace-reason")).isEqualTo("REQUEST_TIMEOUT");
      assertThat(slow.closes()).isTrue();
      assertThat(silent.closes()).isTrue();
      assertThat(idle.closes()).isTrue();
      assertThat(half.read().status()).isEqualTo(408);
      proxy.awaitBalanced();
    }
  }

  @Test
  void drainingLetsWorkFinishAndClosesTheRest() throws Exception {
    AtomicBoolean go = new AtomicBoolean();
    try (Backend backend =
            Backend.answering(request -> {
              Await.until("the test goes on", go::get);
              return Backend.ok("x");
            });
        Proxy proxy = Proxy.to(backend);
        HttpConnection idle = proxy.connect();
        HttpConnection busy = proxy.connect()) {
      busy.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
      Await.until("the member is busy", () -> backend.requests.get() == 1);
      CompletableFuture<Void> drained = proxy.front.drain(Duration.ofSeconds(10));
      assertThat(idle.closes()).isTrue();
      assertThat(drained).isNotDone();
      go.set(true);
      HttpConnection.Message answer = busy.read();
      assertThat(answer.text()).isEqualTo("x");
      assertThat(answer.header("connection")).isEqualTo("close");
      assertThat(busy.closes()).isTrue();
      busy.socket().close();
      idle.socket().close();
      drained.get(5, TimeUnit.SECONDS);
    }
  }

  @Test
  void reloadsUnderLoadFailNothing() throws Exception {
    List<String> failures = Collections.synchronizedList(new ArrayList<>());
    AtomicBoolean stop = new AtomicBoolean();
    AtomicInteger served = new AtomicInteger();
    try (Backend one = Backend.saying("one");
        Backend two = Backend.saying("two");
        Proxy proxy = Proxy.to(one)) {
      int port = proxy.port();
      List<Thread> clients = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        clients.add(Thread.ofVirtual().start(() -> load(port, stop, served, failures)));
      }
      for (int i = 0; i < 30; i++) {
        int now = served.get();
        Await.until("requests are served", () -> served.get() > now + 50);
        String pool = i % 3 == 0 ? "idle-timeout: 5s, " : "";
        proxy.configure(
            Proxy.file("max-head: " + (8 + i % 2) + "KB, ", pool, i % 2 == 0 ? two : one));
      }
      stop.set(true);
      for (Thread client : clients) {
        client.join();
      }
      assertThat(failures).isEmpty();
      assertThat(two.requests.get()).isPositive();
      proxy.awaitBalanced();
    }
  }

  private static void load(
      int port, AtomicBoolean stop, AtomicInteger served, List<String> failures) {
    try (HttpConnection client = HttpConnection.to(port)) {
      while (!stop.get()) {
        client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc");
        HttpConnection.Message answer = client.read();
        if (answer.status() != 200) {
          failures.add(answer.startLine() + answer.text());
        }
        served.incrementAndGet();
      }
    } catch (IOException e) {
      failures.add(e.toString());
    }
  }

  @Test
  void aFailedReloadChangesNothing() throws Exception {
    try (Backend one = Backend.saying("one");
        Backend two = Backend.saying("two");
        java.net.ServerSocket taken =
            new java.net.ServerSocket(0, 1, java.net.InetAddress.getLoopbackAddress());
        Proxy proxy = Proxy.to(one)) {
      String bad =
          Proxy.file("", "", two)
              .replace(
                  "'127.0.0.1:0'", "['127.0.0.1:0', '127.0.0.1:" + taken.getLocalPort() + "']");
      assertThat(
              org.assertj.core.api.Assertions.catchThrowable(
                  () -> proxy.front.configure(Proxy.parse(bad))))
          .isInstanceOf(dev.terrace.net.BindFailure.class);
      assertThat(proxy.get("/").text()).isEqualTo("one");
    }
  }

  @Test
  void metricsTellOfConnectionsAndRequests() throws IOException {
    try (Backend backend = Backend.saying("x");
        Proxy proxy = Proxy.to(backend);
        HttpConnection client = proxy.connect()) {
      client.get("/");
      client.get("/");
      assertThat(proxy.counter(Metric.HTTP_REQUESTS, "/*", "app", "2xx")).isEqualTo(2);
      assertThat(
              proxy.signals.histogram(Metric.HTTP_SECONDS, "/*").counts().stream()
                  .mapToLong(count -> count)
                  .sum())
          .isEqualTo(2);
      assertThat(proxy.signals.samples().toString())
          .contains(
              "metric=BACKEND_CONNECTIONS, labelValues=[app, "
                  + backend.address()
                  + ", idle]], value=1.0");
    }
  }

  @Test
  void aRequestThatMeetsADrainIsServed() throws Exception {
    try (Backend backend = Backend.saying("x");
        Proxy proxy = Proxy.to(backend);
        HttpConnection client = proxy.connect();
        HttpConnection silent = proxy.connect()) {
      assertThat(client.get("/").headers()).doesNotContainKey("connection");
      assertThat(silent.get("/").status()).isEqualTo(200);
      CompletableFuture<Void> drained = proxy.front.drain(Duration.ofSeconds(10));
      HttpConnection.Message last = client.get("/");
      assertThat(last.text()).isEqualTo("x");
      assertThat(last.header("connection")).isEqualTo("close");
      assertThat(client.closes()).isTrue();
      client.socket().close();
      assertThat(silent.closes()).isTrue();
      silent.socket().close();
      drained.get(10, TimeUnit.SECONDS);
    }
  }
}
