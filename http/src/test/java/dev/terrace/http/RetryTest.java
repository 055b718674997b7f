package dev.terrace.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrace.core.signal.Metric;
import dev.terrace.testkit.Await;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What becomes of requests whose member fails. */
class RetryTest {

  private static final String POST = "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nhi";

  /** Reads a request and hangs up. */
  private static Backend hangingUp() throws IOException {
    return Backend.start(HttpConnection::read);
  }

  @Test
  void aMemberThatRefusesCostsNothingButAnotherAttempt() throws IOException {
    Backend dead = Backend.saying("dead");
    dead.close();
    try (Backend alive = Backend.answering(request -> Backend.ok("alive " + request.text()));
        Proxy proxy = Proxy.to(dead, alive);
        HttpConnection client = proxy.connect()) {
      for (int i = 0; i < 6; i++) {
        assertThat(client.send(POST).read().text()).isEqualTo("alive hi");
      }
      long retries = proxy.counter(Metric.HTTP_RETRIES, "app", "UNREACHABLE");
      assertThat(retries).isPositive();
      assertThat(proxy.members().getFirst().load().failed()).isEqualTo(retries);
      proxy.awaitBalanced();
    }
  }

  @Test
  void idempotentRequestsAreRepeatedWithTheirBody() throws IOException {
    try (Backend bad = hangingUp();
        Backend good = Backend.answering(request -> Backend.ok("got " + request.body().length));
        Proxy proxy = Proxy.to(bad, good);
        HttpConnection client = proxy.connect()) {
      for (int i = 0; i < 4; i++) {
        client.send(
            "PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 50000\r\n\r\n" + "x".repeat(50_000));
        assertThat(client.read().text()).isEqualTo("got 50000");
      }
      assertThat(proxy.counter(Metric.HTTP_RETRIES, "app", "CLOSED")).isPositive();
      proxy.awaitBalanced();
    }
  }

  @Test
  void othersAreNot() throws IOException {
    AtomicInteger asked = new AtomicInteger();
    Backend.Script script =
        connection -> {
          connection.read();
          asked.incrementAndGet();
        };
    try (Backend one = Backend.start(script);
        Backend two = Backend.start(script);
        Proxy proxy = Proxy.to(one, two);
        HttpConnection client = proxy.connect()) {
      HttpConnection.Message answer = client.send(POST).read();
      assertThat(answer.status()).isEqualTo(502);
      assertThat(answer.header("x-terrace-reason")).isEqualTo("CONNECTION_LOST");
      assertThat(asked).hasValue(1);
      // The connection to the client is as good as before.
      assertThat(client.get("/").status()).isEqualTo(502);
      assertThat(asked).hasValue(3);
      proxy.awaitBalanced();
    }
  }

  @Test
  void attemptsAreBounded() throws IOException {
    AtomicInteger asked = new AtomicInteger();
    Backend.Script script =
        connection -> {
          connection.read();
          asked.incrementAndGet();
        };
    try (Backend a = Backend.start(script);
        Backend b = Backend.start(script);
        Backend c = Backend.start(script);
        Proxy proxy = Proxy.of(Proxy.file("attempts: 2, ", "", a, b, c))) {
      assertThat(proxy.get("/").header("x-terrace-reason")).isEqualTo("CONNECTION_LOST");
      assertThat(asked).hasValue(2);
    }
  }

  @Test
  void garbageIsABrokenAnswer() throws IOException {
    for (String garbage :
        List.of(
            "SSH-2.0-x\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx",
            "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\nx",
            "HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n",
            "HTTP/1.1 200 OK\nA: b\n\n",
            "HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\n",
            "HTTP/1.1 200 OK\r\nA: " + "b".repeat(40_000))) {
      try (Backend backend =
              Backend.start(connection -> {
                connection.read();
                connection.send(garbage);
                connection.in.read();
              });
          Proxy proxy = Proxy.to(backend)) {
        HttpConnection.Message answer = proxy.get("/");
        assertThat(answer.header("x-terrace-reason")).as(garbage).isEqualTo("BROKEN_ANSWER");
        assertThat(answer.status()).isEqualTo(502);
        proxy.awaitBalanced();
      }
    }
  }

  @Test
  void anAnswerThatBreaksOffIsNotTakenForComplete() throws IOException {
    for (String begun :
        List.of(
            "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n12345\r\n")) {
      try (Backend backend =
              Backend.start(connection -> {
                connection.read();
                connection.send(begun);
              });
          Proxy proxy = Proxy.to(backend);
          HttpConnection client = proxy.connect()) {
        assertThat(org.assertj.core.api.Assertions.catchThrowable(() -> client.get("/")))
            .isInstanceOf(IOException.class);
        assertThat(backend.connections).hasValue(1);
        proxy.awaitBalanced();
      }
    }
  }

  @Test
  void theLimitOfConnectionsIsTold() throws Exception {
    AtomicBoolean go = new AtomicBoolean();
    try (Backend backend =
            Backend.answering(request -> {
              Await.until("the test goes on", go::get);
              return Backend.ok("x");
            });
        Proxy proxy = Proxy.of(Proxy.file("", "max-connections: 1, max-pending: 0, ", backend));
        HttpConnection first = proxy.connect()) {
      first.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
      Await.until("the member is busy", () -> backend.requests.get() == 1);
      HttpConnection.Message answer = proxy.get("/");
      assertThat(answer.status()).isEqualTo(503);
      assertThat(answer.header("x-terrace-reason")).isEqualTo("LIMIT");
      assertThat(answer.header("retry-after")).isEqualTo("1");
      go.set(true);
      assertThat(first.read().text()).isEqualTo("x");
      proxy.awaitBalanced();
    }
  }

  @Test
  void aSlowMemberTimesOut() throws IOException {
    try (Backend backend =
            Backend.start(connection -> {
              connection.read();
              connection.in.read();
            });
        Proxy proxy = Proxy.of(Proxy.file("response-timeout: 200ms, ", "", backend));
        HttpConnection client = proxy.connect()) {
      for (int i = 0; i < 2; i++) {
        HttpConnection.Message answer = client.get("/");
        assertThat(answer.status()).isEqualTo(504);
        assertThat(answer.header("x-terrace-reason")).isEqualTo("RESPONSE_TIMEOUT");
      }
      proxy.awaitBalanced();
    }
  }

  /** A member that hangs up on a reused connection just as it gets a request. */
  @Test
  void theKeepAliveRaceIsNeverSeen() throws IOException {
    try (Backend backend =
            Backend.start(connection -> {
              connection.read();
              connection.send(Backend.ok("once"));
              connection.in.read(); // the first byte of the next request
            });
        Proxy proxy = Proxy.to(backend);
        HttpConnection client = proxy.connect()) {
      for (int i = 0; i < 200; i++) {
        assertThat(client.get("/").text()).isEqualTo("once");
      }
      assertThat(proxy.counter(Metric.HTTP_RETRIES, "app", "CLOSED")).isEqualTo(199);
      assertThat(proxy.members().getFirst().load().failed()).isZero();
      proxy.awaitBalanced();
    }
  }

  @Test
  void anIdleConnectionThatTheMemberClosesOrWritesToIsNotUsedAgain() throws IOException {
    AtomicInteger served = new AtomicInteger();
    try (Backend backend =
            Backend.start(connection -> {
              connection.read();
              connection.send(Backend.ok("x"));
              if (served.incrementAndGet() % 2 == 0) {
                connection.send("HTTP/1.1 408 Request Timeout\r\n\r\n");
              }
            });
        Proxy proxy = Proxy.to(backend);
        HttpConnection client = proxy.connect()) {
      for (int i = 0; i < 20; i++) {
        assertThat(client.send(POST).read().text()).isEqualTo("x");
        Await.until("all connections are closed", () -> busyAndIdle(proxy) == 0);
      }
    }
  }

  /** Keep-alive of 80 ms at the member; requests that must not be repeated come at any moment. */
  @Test
  void aMembersKeepAliveTimeoutNeverFailsWhatCannotBeRepeated() throws Exception {
    AtomicInteger closed = new AtomicInteger();
    try (Backend backend =
            Backend.start(connection -> {
              connection.socket().setSoTimeout(80);
              try {
                while (true) {
                  connection.read();
                  connection.send(Backend.ok("x"));
                }
              } finally {
                closed.incrementAndGet();
              }
            });
        Proxy proxy = Proxy.to(backend);
        HttpConnection client = proxy.connect()) {
      assertThat(client.get("/").status()).isEqualTo(200);
      Await.until("the member was seen to close an idle connection", () -> closed.get() == 1);
      java.util.SplittableRandom random = new java.util.SplittableRandom(7);
      for (int i = 0; i < 40; i++) {
        Thread.sleep(random.nextInt(70, 90)); // about when the member closes: the matter of this
        assertThat(client.send(POST).read().startLine()).isEqualTo("HTTP/1.1 200 OK");
      }
      proxy.awaitBalanced();
    }
  }

  private static double busyAndIdle(Proxy proxy) {
    return proxy.signals.samples().stream()
        .filter(sample -> sample.series().metric() == Metric.BACKEND_CONNECTIONS)
        .mapToDouble(sample -> ((dev.terrace.core.signal.Signals.Sample.Value) sample).value())
        .sum();
  }

  @Test
  void aKilledMemberFailsNoIdempotentRequest() throws Exception {
    List<Backend> members = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      members.add(Backend.saying("x"));
    }
    AtomicBoolean stop = new AtomicBoolean();
    AtomicInteger served = new AtomicInteger();
    List<String> failures = java.util.Collections.synchronizedList(new ArrayList<>());
    try (Proxy proxy = Proxy.to(members.toArray(Backend[]::new))) {
      List<Thread> clients = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        clients.add(
            Thread.ofVirtual()
                .start(() -> {
                  try (HttpConnection client = proxy.connect()) {
                    while (!stop.get()) {
                      HttpConnection.Message answer = client.get("/");
                      served.incrementAndGet();
                      if (answer.status() != 200) {
                        failures.add(answer.startLine() + " " + answer.text());
                      }
                    }
                  } catch (IOException e) {
                    failures.add(e.toString());
                  }
                }));
      }
      for (int round = 0; round < 4; round++) {
        int now = served.get();
        Await.until("requests are served", () -> served.get() > now + 300);
        Backend victim = members.get(round % 3);
        victim.close();
        int then = served.get();
        Await.until("requests are served without it", () -> served.get() > then + 300);
        members.set(round % 3, Backend.answeringAt(victim.port(), request -> Backend.ok("x")));
      }
      stop.set(true);
      for (Thread client : clients) {
        client.join();
      }
      assertThat(failures).isEmpty();
      proxy.awaitBalanced();
    } finally {
      for (Backend member : members) {
        member.close();
      }
    }
  }
}
