package dev.terrace.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrace.core.signal.Metric;
import dev.terrace.net.BindFailure;
import dev.terrace.testkit.Await;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Settings;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** Members that are spoken to in HTTP/2, behind clients of HTTP/1.1. */
class Http2MemberTest {

  private static final String POST =
      "POST /p HTTP/1.1\r\nHost: test\r\nContent-Length: 5\r\n\r\nhello";

  static Proxy to(String pool, Http2Backend... members) throws BindFailure {
    List<String> all = new ArrayList<>();
    for (Http2Backend member : members) {
      all.add(member.address());
    }
    return Proxy.of(
        "listen: {http: '127.0.0.1:0'}\npools: {app: {protocol: http2, connect-timeout: 10s, "
            + pool
            + "members: ["
            + String.join(", ", all)
            + "]}}\nhttp: {routes: [{match: {path: /*}, pool: app}]}\n");
  }

  @Test
  void aRequestGoesAsFieldsAndItsAnswerComesBackAsLines() throws Exception {
    try (Http2Backend member = Http2Backend.saying("hi");
        Proxy proxy = to("", member);
        HttpConnection client = proxy.connect()) {
      client.send(
          """
          POST /a?b=c HTTP/1.1
          Host: shop.example
          X-A: 1
          Connection: X-B
          X-B: 2
          Transfer-Encoding: chunked

          3
          abc
          2
          de
          0

          """
              .replace("\n", "\r\n"));
      HttpConnection.Message answer = client.read();
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.text()).isEqualTo("hi");
      Http2Backend.Stream asked = member.streams.getFirst();
      assertThat(asked.header(":method")).isEqualTo("POST");
      assertThat(asked.header(":path")).isEqualTo("/a?b=c");
      assertThat(asked.header(":scheme")).isEqualTo("http");
      assertThat(asked.header(":authority")).isEqualTo("shop.example");
      assertThat(asked.header("x-a")).isEqualTo("1");
      assertThat(asked.header("x-forwarded-for")).isEqualTo("127.0.0.1");
      assertThat(asked.head.names()).doesNotContain("x-b", "connection", "transfer-encoding");
      assertThat(asked.body()).isEqualTo("abcde");
      proxy.awaitBalanced();
    }
  }

  @Test
  void answersOfUnknownLengthComeInChunks() throws Exception {
    try (Http2Backend member =
            Http2Backend.onEnd(stream ->
                stream
                    .head(false, ":status", "200", "x", "y")
                    .data("abc", false)
                    .head(true, "grpc-status", "0", "content-length", "7"));
        Proxy proxy = to("", member);
        HttpConnection client = proxy.connect()) {
      client.send("GET / HTTP/1.1\r\nHost: test\r\n\r\n");
      assertThat(client.head().header("transfer-encoding")).isEqualTo("chunked");
      assertThat(List.of(client.line(), client.line(), client.line(), client.line(), client.line()))
          .containsExactly("3", "abc", "0", "grpc-status: 0", "");
      assertThat(client.get("/again").status()).isEqualTo(200);
    }
  }

  @Test
  void answersWithoutBodyEndAtOnce() throws Exception {
    try (Http2Backend member =
            Http2Backend.onEnd(
                stream -> stream.head(true, ":status", stream.header(":path").substring(1)));
        Proxy proxy = to("", member);
        HttpConnection client = proxy.connect()) {
      assertThat(client.get("/200").header("content-length")).isEqualTo("0");
      assertThat(client.get("/204").headers()).doesNotContainKey("content-length");
      assertThat(client.get("/304").status()).isEqualTo(304);
      client.send("HEAD /200 HTTP/1.1\r\nHost: test\r\n\r\n");
      assertThat(client.head().status()).isEqualTo(200);
      assertThat(client.get("/404").status()).isEqualTo(404);
    }
  }

  @Test
  void requestsShareOneConnectionPerLoop() throws Exception {
    List<Http2Backend.Stream> waiting = new CopyOnWriteArrayList<>();
    try (Http2Backend member = Http2Backend.onEnd(waiting::add);
        Proxy proxy = to("", member)) {
      List<HttpConnection> clients = ask(proxy, 20);
      Await.until("all asked", () -> waiting.size() == 20);
      assertThat(member.connections).hasSizeLessThanOrEqualTo(2);
      waiting.forEach(stream -> stream.answer("ok"));
      for (HttpConnection client : clients) {
        assertThat(client.read().text()).isEqualTo("ok");
        client.close();
      }
      proxy.awaitBalanced();
    }
  }

  private static List<HttpConnection> ask(Proxy proxy, int count) throws IOException {
    List<HttpConnection> clients = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      clients.add(proxy.connect().send("GET / HTTP/1.1\r\nHost: test\r\n\r\n"));
    }
    return clients;
  }

  @Test
  void moreConnectionsAreOpenedWhenStreamsAreUsedUpAndThenTheLimitIsMet() throws Exception {
    List<Http2Backend.Stream> waiting = new CopyOnWriteArrayList<>();
    Http2Settings two = Http2Settings.defaultSettings().maxConcurrentStreams(2);
    try (Http2Backend member = Http2Backend.onHead(two, waiting::add);
        Proxy proxy = to("max-connections: 4, pending-timeout: 100ms, ", member)) {
      List<HttpConnection> clients = ask(proxy, 20);
      Await.until("all asked or refused", () -> waiting.size() + refused(proxy) == 20);
      // Two loops share four connections; one of them may have a client too few to fill its own.
      assertThat(waiting.size()).isBetween(5, 8);
      assertThat(member.accepted.get()).isLessThanOrEqualTo(4);
      waiting.forEach(stream -> stream.answer("ok"));
      for (HttpConnection client : clients) {
        assertThat(client.read().status()).isIn(200, 503);
        client.close();
      }
      proxy.awaitBalanced();
    }
  }

  private static long refused(Proxy proxy) {
    return proxy.counter(Metric.HTTP_REJECTED, "LIMIT")
        + proxy.counter(Metric.HTTP_REJECTED, "PENDING_TIMEOUT");
  }

  @Test
  void whatAMemberThatGoesAwayHasNotLookedAtIsAskedAgain() throws Exception {
    try (Http2Backend member =
            Http2Backend.onEnd(stream ->
                stream.answer(stream.body().isEmpty() ? "first" : "again: " + stream.body()));
        Proxy proxy = to("", member);
        HttpConnection client = proxy.connect()) {
      assertThat(client.get("/").text()).isEqualTo("first");
      member.streams.getFirst().goAway(0);
      client.send(POST);
      assertThat(client.read().text()).isEqualTo("again: hello");
      Await.until("the old connection is closed", () -> member.connections.size() == 1);
      proxy.awaitBalanced();
    }
  }

  @Test
  void aRefusedStreamGoesToAnotherMemberThoughItIsNoIdempotentRequest() throws Exception {
    try (Http2Backend refusing = Http2Backend.onEnd(s -> s.reset(Http2Error.REFUSED_STREAM));
        Http2Backend other = Http2Backend.onEnd(stream -> stream.answer("got " + stream.body()));
        Proxy proxy = to("", refusing, other);
        HttpConnection client = proxy.connect()) {
      for (int i = 0; i < 4; i++) {
        client.send(POST);
        assertThat(client.read().text()).isEqualTo("got hello");
      }
      assertThat(refusing.streams).isNotEmpty();
      assertThat(proxy.counter(Metric.HTTP_RETRIES, "app", "REFUSED")).isPositive();
      proxy.awaitBalanced();
    }
  }

  @Test
  void aLostConnectionFailsItsStreamsAndGetsAreRepeated() throws Exception {
    try (Http2Backend dying = Http2Backend.onEnd(stream -> stream.connection().close());
        Http2Backend other = Http2Backend.saying("alive");
        Proxy proxy = to("", dying, other);
        HttpConnection client = proxy.connect()) {
      assertThat(client.get("/").text()).isEqualTo("alive");
      assertThat(client.get("/").text()).isEqualTo("alive");
      assertThat(dying.streams).isNotEmpty();
      List<Integer> statuses = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        client.send(POST);
        statuses.add(client.read().status());
      }
      assertThat(statuses).containsExactlyInAnyOrder(200, 502);
      proxy.awaitBalanced();
    }
  }

  @Test
  void aClientThatLeavesResetsItsStreamAlone() throws Exception {
    List<Http2Backend.Stream> waiting = new CopyOnWriteArrayList<>();
    try (Http2Backend member = Http2Backend.onEnd(waiting::add);
        Proxy proxy = to("", member)) {
      HttpConnection client = ask(proxy, 1).getFirst();
      Await.until("asked", () -> waiting.size() == 1);
      client.socket().setSoLinger(true, 0);
      client.close();
      Await.until("reset", () -> member.resets.equals(List.of(Http2Error.CANCEL.code())));
      assertThat(member.connections).hasSize(1);
      proxy.awaitBalanced();
    }
  }

  @Test
  void aSlowClientHoldsUpNobodyElse() throws Exception {
    String big = "x".repeat(4 << 20);
    try (Http2Backend member =
            Http2Backend.onEnd(
                stream -> stream.answer(stream.header(":path").equals("/big") ? big : "small"));
        Proxy proxy = to("", member)) {
      List<HttpConnection> slow = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        slow.add(proxy.connect().send("GET /big HTTP/1.1\r\nHost: test\r\n\r\n"));
        assertThat(slow.getLast().head().status()).isEqualTo(200);
      }
      for (int i = 0; i < 8; i++) {
        assertThat(proxy.get("/small").text()).isEqualTo("small");
      }
      for (HttpConnection client : slow) {
        assertThat(client.in.readNBytes(big.length())).hasSize(big.length());
        client.close();
      }
      proxy.awaitBalanced();
    }
  }

  @Test
  void aLargeUploadPasses() throws Exception {
    int size = 3 << 20;
    try (Http2Backend member =
            Http2Backend.onEnd(stream -> stream.answer("" + stream.body().length()));
        Proxy proxy = to("", member);
        HttpConnection client = proxy.connect()) {
      client.send("POST / HTTP/1.1\r\nHost: test\r\nContent-Length: " + size + "\r\n\r\n");
      client.out.write(new byte[size]);
      assertThat(client.read().text()).isEqualTo("" + size);
    }
  }

  @Test
  void idleConnectionsAreClosed() throws Exception {
    try (Http2Backend member = Http2Backend.saying("hi");
        Proxy proxy = to("idle-timeout: 200ms, ", member)) {
      assertThat(proxy.get("/").text()).isEqualTo("hi");
      Await.until("closed", () -> member.connections.isEmpty());
      assertThat(proxy.get("/").text()).isEqualTo("hi");
    }
  }
}
