package dev.terrace.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrace.core.balance.RoundRobin;
import dev.terrace.core.signal.Metric;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

@SuppressWarnings("StringConcatToTextBlock") // the line ends matter
class ForwardingTest {

  @Test
  void aRequestGoesThroughAndBothConnectionsAreKept() throws IOException {
    try (Backend backend = Backend.saying("hello");
        Proxy proxy = Proxy.to(backend);
        HttpConnection client = proxy.connect()) {
      for (int i = 0; i < 3; i++) {
        HttpConnection.Message answer = client.get("/a?b=c");
        assertThat(answer.startLine()).isEqualTo("HTTP/1.1 200 OK");
        assertThat(answer.text()).isEqualTo("hello");
      }
      assertThat(backend.connections).hasValue(1);
      assertThat(backend.requests).hasValue(3);
      assertThat(proxy.counter(Metric.HTTP_REQUESTS, "/*", "app", "2xx")).isEqualTo(3);
      proxy.awaitBalanced();
    }
  }

  @Test
  void aBodyGoesThroughByLengthAndInChunks() throws IOException {
    try (Backend backend = Backend.answering(request -> Backend.ok("got " + request.text()));
        Proxy proxy = Proxy.to(backend);
        HttpConnection client = proxy.connect()) {
      client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc");
      assertThat(client.read().text()).isEqualTo("got abc");
      client.send(
          "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
              + "3;x=y\r\nabc\r\n2\r\nde\r\n0\r\nT: v\r\n\r\n");
      assertThat(client.read().text()).isEqualTo("got abcde");
    }
  }

  @Test
  void withoutARouteOrAMemberItSaysWhy() throws IOException {
    try (Proxy proxy =
        Proxy.of(
            """
            listen: {http: '127.0.0.1:0'}
            pools:
              empty: {members: ['127.0.0.1:1']}
              dead: {members: ['127.0.0.1:1']}
            http:
              routes:
                - {match: {path: /empty}, pool: empty}
                - {match: {path: /dead}, pool: dead}
            """)) {
      proxy.pools.get("empty").configure(List.of(), new RoundRobin());
      assertLocal(proxy.get("/x"), 404, "NO_ROUTE", "404 Not Found: no route matches\n");
      assertLocal(
          proxy.get("/empty"),
          503,
          "POOL_EMPTY",
          "503 Service Unavailable: pool empty: it has no members\n");
      assertLocal(
          proxy.get("/dead"),
          502,
          "UNREACHABLE",
          "502 Bad Gateway: pool dead: no member could be reached\n");
      proxy
          .pools
          .get("dead")
          .setHealth("127.0.0.1:1", dev.terrace.core.pool.MemberState.DOWN, "test");
      assertLocal(
          proxy.get("/dead"),
          503,
          "NO_MEMBER_UP",
          "503 Service Unavailable: pool dead: no member is up\n");
    }
  }

  private static void assertLocal(
      HttpConnection.Message answer, int status, String reason, String body) {
    assertThat(answer.status()).isEqualTo(status);
    assertThat(answer.header("x-terrace-reason")).isEqualTo(reason);
    assertThat(answer.text()).isEqualTo(body);
  }
}
