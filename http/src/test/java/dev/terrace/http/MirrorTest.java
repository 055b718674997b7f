package dev.terrace.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrace.core.signal.Metric;
import dev.terrace.testkit.Await;
import java.io.IOException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;

/** Copies of requests to another pool. */
@SuppressWarnings("StringConcatToTextBlock") // the line ends matter
class MirrorTest {

  private static String file(Backend app, Backend shadow, String share) {
    return """
    listen: {http: '127.0.0.1:0'}
    pools:
      app: {members: ['%s']}
      shadow: {members: ['%s']}
    http:
      response-timeout: 1s
      routes:
        - {pool: app, mirror: {pool: shadow, share: %s}}
    """
        .formatted(app.address(), shadow.address(), share);
  }

  @Test
  void aCopyHasHeadAndBodyAndItsAnswerIsSeenByNobody() throws Exception {
    BlockingQueue<HttpConnection.Message> seen = new LinkedBlockingQueue<>();
    try (Backend app = Backend.answering(request -> Backend.ok("app " + request.body().length));
        Backend shadow =
            Backend.answering(request -> {
              seen.add(request);
              return "HTTP/1.1 500 Bad\r\nContent-Length: 6\r\n\r\nshadow";
            });
        Proxy proxy = Proxy.of(file(app, shadow, "100%"));
        HttpConnection client = proxy.connect()) {
      assertThat(client.get("/a?b=c").text()).isEqualTo("app 0");
      assertThat(seen.take().target()).isEqualTo("/a?b=c");
      client.send(
          "POST /up HTTP/1.1\r\nHost: h\r\nContent-Length: 100000\r\n\r\n" + "x".repeat(100_000));
      assertThat(client.read().text()).isEqualTo("app 100000");
      assertThat(seen.take().body()).hasSize(100_000);
      client.send(
          "POST /ch HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
              + "3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n");
      assertThat(client.read().text()).isEqualTo("app 5");
      assertThat(seen.take().text()).isEqualTo("abcde");
      Await.until("all are counted", () -> mirrored(proxy, "answered") == 3);
      assertThat(mirrored(proxy, "failed")).isZero();
      Await.until("nothing is in hand", () -> proxy.gauge(Metric.HTTP_IN_HAND, "shadow") == 0);
    }
  }

  private static long mirrored(Proxy proxy, String result) {
    return proxy.counter(Metric.HTTP_MIRRORED, "shadow", result);
  }

  @Test
  void aShareOfTheRequestsIsCopied() throws Exception {
    try (Backend app = Backend.saying("app");
        Backend shadow = Backend.saying("shadow");
        Proxy proxy = Proxy.of(file(app, shadow, "20%"));
        HttpConnection client = proxy.connect()) {
      for (int i = 0; i < 500; i++) {
        assertThat(client.get("/").text()).isEqualTo("app");
      }
      Await.until("some were copied", () -> mirrored(proxy, "answered") >= 50);
      assertThat(shadow.requests.get()).isBetween(50, 170);
    }
  }

  @Test
  void aMirrorThatIsDeadOrSilentOrSlowHoldsNobodyUp() throws Exception {
    int size = 20_000_000;
    Backend dead = Backend.saying("dead");
    dead.close();
    try (Backend app = Backend.answering(request -> Backend.ok("" + request.body().length));
        Backend silent = Backend.start(connection -> connection.head());
        Backend stuck =
            Backend.start(connection -> {
              connection.head();
              Await.until("it is cut", () -> connection.socket().isClosed());
            });
        Proxy none = Proxy.of(file(app, dead, "100%"));
        Proxy mute = Proxy.of(file(app, silent, "100%"));
        Proxy slow = Proxy.of(file(app, stuck, "100%"))) {
      assertThat(none.get("/").text()).isEqualTo("0");
      Await.until("that failed", () -> mirrored(none, "failed") == 1);
      assertThat(mute.get("/").text()).isEqualTo("0");
      Await.until("that failed too", () -> mirrored(mute, "failed") == 1);
      try (HttpConnection client = slow.connect()) {
        client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: " + size + "\r\n\r\n");
        client.out.write(new byte[size]);
        assertThat(client.read().text()).isEqualTo("" + size);
      }
      Await.until("that was given up", () -> mirrored(slow, "too-slow") == 1);
    }
  }

  @Test
  void aClientThatLeavesEndsTheCopyToo() throws Exception {
    try (Backend app = Backend.saying("app");
        Backend shadow = Backend.saying("shadow");
        Proxy proxy = Proxy.of(file(app, shadow, "100%"))) {
      try (HttpConnection client = proxy.connect()) {
        client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nab");
        Await.until("both are asked", () -> shadow.connections.get() == 1);
        client.socket().setSoLinger(true, 0);
      }
      Await.until("that failed", () -> mirrored(proxy, "failed") == 1);
      Await.until("nothing is in hand", () -> proxy.gauge(Metric.HTTP_IN_HAND, "shadow") == 0);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
