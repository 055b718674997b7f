package dev.terrace.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrace.core.signal.Metric;
import dev.terrace.testkit.Await;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Answers that are thrown away for their status, and another member asked. */
@SuppressWarnings("StringConcatToTextBlock") // the line ends matter
class RetryOnTest {

  private static final String ON_503 = "retry-on: [503], ";
  private static final String GET = "GET / HTTP/1.1\r\nHost: h\r\n";
  private static final String NO_BUDGET =
      "retry-budget: {share: 0%, min-per-second: 0}, passive-health: {failures: 1000}, ";

  private static String status(int status, String body) {
    return Backend.ok(body).replace("200 OK", status + " Sorry\r\nX-From: member");
  }

  private static Backend failing(int status) throws IOException {
    return Backend.answering(request -> status(status, "busy"));
  }

  private static long retries(Proxy proxy) {
    return proxy.counter(Metric.HTTP_RETRIES, "app", "REFUSED_BY_STATUS");
  }

  @Test
  void anotherMemberAnswersInstead() throws IOException {
    try (Backend bad = failing(503);
        Backend good = Backend.answering(request -> Backend.ok("got " + request.body().length));
        Proxy proxy = Proxy.of(Proxy.file(ON_503 + "debug-header: X-Why, ", "", bad, good));
        HttpConnection client = proxy.connect()) {
      for (int i = 0; i < 6; i++) {
        client.send(
            "PUT / HTTP/1.1\r\nHost: h\r\nX-Why: 1\r\nContent-Length: 50000\r\n\r\n"
                + "x".repeat(50_000));
        HttpConnection.Message answer = client.read();
        assertThat(answer.text()).isEqualTo("got 50000");
        assertThat(answer.header("x-terrace-why")).contains("member=" + good.address());
        if (answer.header("x-terrace-why").contains("attempts=2")) {
          assertThat(answer.header("x-terrace-why"))
              .contains("(REFUSED_BY_STATUS " + bad.address() + ")");
        }
      }
      long retries = retries(proxy);
      assertThat(retries).isPositive().isEqualTo(bad.requests.get());
      // A short answer that is all there is read to its end.
      assertThat(bad.connections).hasValue(1);
      String member = bad.address();
      assertThat(proxy.counter(Metric.HTTP_MEMBER_TRIES, "app", member, "REFUSED_BY_STATUS"))
          .isEqualTo(retries);
      assertThat(proxy.members().getFirst().load().failed()).isEqualTo(retries);
      assertThat(proxy.counter(Metric.HTTP_REQUESTS, "/*", "app", "2xx")).isEqualTo(6);
      proxy.awaitBalanced();
    }
  }

  @Test
  void whatMustNotBeRepeatedIsAnsweredAsItIs() throws IOException {
    try (Backend one = failing(503);
        Backend two = failing(503);
        Proxy proxy = Proxy.of(Proxy.file(ON_503, "", one, two));
        HttpConnection client = proxy.connect()) {
      client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nhi");
      assertThat(client.read().text()).isEqualTo("busy");
      String large = "x".repeat(70_000);
      client.send("PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 70000\r\n\r\n" + large);
      assertThat(client.read().text()).isEqualTo("busy");
      assertThat(one.requests.get() + two.requests.get()).isEqualTo(2);
      assertThat(retries(proxy)).isZero();
    }
  }

  @Test
  void theLastAnswerGoesToTheClientAsItIs() throws IOException {
    try (Backend a = failing(503);
        Backend b = failing(503);
        Backend c = failing(503);
        Proxy proxy = Proxy.of(Proxy.file(ON_503 + "attempts: 2, ", "", a, b, c))) {
      HttpConnection.Message answer = proxy.get("/");
      assertThat(answer.status()).isEqualTo(503);
      assertThat(answer.text()).isEqualTo("busy");
      assertThat(answer.headers()).containsEntry("x-from", "member");
      assertThat(answer.headers()).doesNotContainKey("x-terrace-reason");
      assertThat(a.requests.get() + b.requests.get() + c.requests.get()).isEqualTo(2);
      proxy.awaitBalanced();
    }
  }

  @Test
  void theBudgetLimitsIt() throws IOException {
    try (Backend a = failing(503);
        Backend b = failing(503);
        Proxy proxy = Proxy.of(Proxy.file(ON_503, NO_BUDGET, a, b))) {
      assertThat(proxy.get("/").text()).isEqualTo("busy");
      assertThat(a.requests.get() + b.requests.get()).isEqualTo(1);
      assertThat(proxy.counter(Metric.HTTP_RETRIES_REFUSED, "app")).isEqualTo(1);
      // Where there is nobody else, nothing is asked of the budget.
      proxy.configure(Proxy.file(ON_503, NO_BUDGET, a));
      assertThat(proxy.get("/").text()).isEqualTo("busy");
      assertThat(proxy.counter(Metric.HTTP_RETRIES_REFUSED, "app")).isEqualTo(1);
      proxy.awaitBalanced();
    }
  }

  @Test
  void onlyTheStatusesThatAreNamedAndOnlyWhereTheyAre() throws IOException {
    try (Backend full = failing(429);
        Backend broken = failing(500);
        Proxy proxy = Proxy.of(Proxy.file("retry-on: [429], ", "", full, broken))) {
      for (int i = 0; i < 4; i++) {
        assertThat(proxy.get("/").status()).isEqualTo(500);
      }
      assertThat(retries(proxy)).isPositive();
      String without =
          Proxy.file("retry-on: [429, 500], ", "", full, broken)
              .replace("pool: app}", "pool: app, retry-on: []}");
      proxy.configure(without);
      int asked = full.requests.get() + broken.requests.get();
      assertThat(proxy.get("/").status()).isIn(429, 500);
      assertThat(full.requests.get() + broken.requests.get()).isEqualTo(asked + 1);
    }
  }

  @Test
  void anAnswerThatDoesNotEndIsNotWaitedFor() throws IOException {
    for (String endless :
        new String[] {
          "HTTP/1.1 503 No\r\nContent-Length: 1000000\r\n\r\nbusy",
          "HTTP/1.1 503 No\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbusy\r\n",
          "HTTP/1.1 503 No\r\n\r\nbusy"
        }) {
      AtomicInteger asked = new AtomicInteger();
      AtomicInteger cut = new AtomicInteger();
      try (Backend bad =
              Backend.start(connection -> {
                connection.read();
                asked.incrementAndGet();
                connection.send(endless);
                if (connection.closes()) {
                  cut.incrementAndGet();
                }
              });
          Backend good = Backend.saying("good");
          Proxy proxy = Proxy.of(Proxy.file(ON_503, "", bad, good));
          HttpConnection client = proxy.connect()) {
        for (int i = 0; i < 4; i++) {
          assertThat(client.get("/").text()).isEqualTo("good");
        }
        assertThat(asked.get()).isPositive();
        Await.until("its connections are closed", () -> cut.get() == asked.get());
        proxy.awaitBalanced();
      }
    }
  }

  @Test
  void aStreamOfHttp2IsResetAndItsConnectionKept() throws Exception {
    try (Http2Backend bad =
            Http2Backend.onEnd(stream -> stream.head(false, ":status", "503").data("busy", false));
        Http2Backend good = Http2Backend.saying("good");
        Proxy proxy = Proxy.of(file2("pool: app}", bad, good));
        HttpConnection client = proxy.connect()) {
      for (int i = 0; i < 6; i++) {
        assertThat(client.get("/").text()).isEqualTo("good");
      }
      assertThat(bad.streams).isNotEmpty();
      Await.until("they are reset", () -> bad.resets.size() == bad.streams.size());
      assertThat(bad.resets).containsOnly(8L); // CANCEL
      assertThat(bad.accepted).hasValue(1);
      assertThat(retries(proxy)).isEqualTo(bad.streams.size());
      proxy.awaitBalanced();
    }
  }

  private static String file2(String route, Http2Backend... members) {
    return Proxy.file(ON_503, "protocol: http2, ")
        .replace(
            "members: []", "members: [" + members[0].address() + ", " + members[1].address() + "]")
        .replace("pool: app}", route);
  }

  @Test
  void aHedgedRequestIsAnsweredByTheOther() throws IOException {
    CompletableFuture<Void> asked = new CompletableFuture<>();
    CompletableFuture<Void> go = new CompletableFuture<>();
    try (Backend slow =
            Backend.answering(request -> {
              asked.complete(null);
              go.join();
              return Backend.ok("late");
            });
        Backend bad =
            Backend.answering(request -> {
              asked.join();
              return status(503, "busy");
            });
        Proxy proxy =
            Proxy.of(
                Proxy.file(ON_503, NO_BUDGET.replace("second: 0", "second: 1"), slow, bad)
                    .replace("pool: app}", "pool: app, hedge: {after: 50ms}}"));
        HttpConnection client = proxy.connect()) {
      client.send(GET + "\r\n");
      String[] refused = {"app", bad.address(), "REFUSED_BY_STATUS"};
      Await.until("refused", () -> proxy.counter(Metric.HTTP_MEMBER_TRIES, refused) == 1);
      go.complete(null);
      assertThat(client.read().text()).isEqualTo("late");
      assertThat(bad.requests).hasValue(1);
      assertThat(slow.requests).hasValue(1);
      assertThat(proxy.counter(Metric.HTTP_HEDGES, "app")).isEqualTo(1);
      assertThat(retries(proxy)).isZero();
      proxy.awaitBalanced();
    }
  }

  @Test
  void anUploadThatIsUnderWayIsAnsweredAtOnce() throws IOException {
    Backend.Script early =
        connection -> {
          connection.head();
          connection.send(status(503, "busy"));
          connection.closes();
        };
    try (Backend one = Backend.start(early);
        Backend two = Backend.start(early);
        Proxy proxy = Proxy.of(Proxy.file(ON_503, "", one, two));
        HttpConnection client = proxy.connect()) {
      client.send("PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\n12345");
      assertThat(client.read().text()).isEqualTo("busy");
      assertThat(one.connections.get() + two.connections.get()).isEqualTo(1);
    }
  }

  @Test
  void membersThatAnswerSoAreEjectedAsBefore() throws IOException {
    try (Backend bad = failing(503);
        Backend good = Backend.saying("good");
        Proxy proxy =
            Proxy.of(
                Proxy.file(
                    ON_503,
                    "passive-health: {failures: 3, eject-for: 1h, max-eject-for: 1h}, ",
                    bad,
                    good));
        HttpConnection client = proxy.connect()) {
      for (int i = 0; i < 12; i++) {
        assertThat(client.send(GET + "\r\n").read().text()).isEqualTo("good");
      }
      assertThat(bad.requests).hasValue(3);
      assertThat(proxy.members().getFirst().reason()).contains("HTTP 503");
    }
  }
}
