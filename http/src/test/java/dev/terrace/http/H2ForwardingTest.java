package dev.terrace.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** Requests of HTTP/2 in clear text, forwarded to members of HTTP/1.1. */
class H2ForwardingTest {

  private static final int INTERNAL_ERROR = 2;

  @Test
  void aGetIsAnswered() throws Exception {
    try (Backend backend =
            Backend.answering(request -> Backend.ok(request.startLine() + request.headers()));
        Proxy proxy = Proxy.to(backend);
        H2Client client = H2Client.to(proxy.port())) {
      client.get(1, "/a?b=c", "cookie", "a=1", "cookie", "b=2");
      H2Client.Answer answer = client.answer(1);
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.text())
          .startsWith("GET /a?b=c HTTP/1.1")
          .contains("host=test", "cookie=a=1; b=2", "x-forwarded-proto=http");
      assertThat(answer.header("content-length")).isEqualTo("" + answer.body().length);
      proxy.awaitBalanced();
    }
  }

  @Test
  void httpOneIsServedBesideIt() throws Exception {
    try (Backend backend = Backend.saying("x");
        Proxy proxy = Proxy.to(backend);
        HttpConnection one = proxy.connect();
        HttpConnection split = proxy.connect()) {
      assertThat(one.get("/").text()).isEqualTo("x");
      split.send("P");
      split.send("R").send("OPFIND / HTTP/1.1\r\nHost: a\r\n\r\n");
      assertThat(split.read().text()).isEqualTo("x");
    }
  }

  @Test
  void bodiesOfAnyLengthGoBothWays() throws Exception {
    try (Backend backend = Backend.answering(H2ForwardingTest::echo);
        Proxy proxy = Proxy.to(backend);
        H2Client client = H2Client.to(proxy.port())) {
      client.headers(1, H2Client.request("POST", "/", "content-length", "6"), false);
      client.data(1, "abc", false);
      client.data(1, "def", true);
      assertThat(client.answer(1).text()).isEqualTo("abcdef");
      client.headers(3, H2Client.request("POST", "/"), false);
      client.data(3, "abc", false);
      client.data(3, "", true);
      assertThat(client.answer(3).text()).isEqualTo("abc");
      client.headers(5, H2Client.request("POST", "/"), true);
      assertThat(client.answer(5).text()).isEmpty();
    }
  }

  private static String echo(HttpConnection.Message request) {
    return Backend.ok(request.text());
  }

  @Test
  void answersInChunksOrUntilTheEndBecomeData() throws Exception {
    try (Backend backend =
            Backend.start(connection -> {
              String path = connection.read().target();
              connection.send(
                  path.equals("/chunks")
                      ? "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n"
                      : "HTTP/1.1 200 OK\r\n\r\nabc");
            });
        Proxy proxy = Proxy.to(backend);
        H2Client client = H2Client.to(proxy.port())) {
      client.get(1, "/chunks");
      client.get(3, "/close");
      assertThat(client.answer(1).text()).isEqualTo("abc");
      H2Client.Answer untilClose =
          client.taken(3).body().length == 3 ? client.taken(3) : client.answer(3);
      assertThat(untilClose.text()).isEqualTo("abc");
      assertThat(untilClose.header("connection")).isEmpty();
      assertThat(client.taken(1).header("transfer-encoding")).isEmpty();
    }
  }

  @Test
  void aHeadHasNoBodyAndInterimAnswersPass() throws Exception {
    try (Backend backend =
            Backend.start(connection -> {
              connection.head();
              connection.send("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n");
              connection.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n");
            });
        Proxy proxy = Proxy.to(backend);
        H2Client client = H2Client.to(proxy.port())) {
      client.headers(1, H2Client.request("HEAD", "/"), true);
      assertThat(client.next(H2Client.HEADERS).fields().status()).hasToString("103");
      H2Client.Frame last = client.next(H2Client.HEADERS);
      assertThat(last.ends()).isTrue();
      assertThat(last.fields().get("content-length")).hasToString("9");
    }
  }

  @Test
  void manyStreamsAreServedAtOnce() throws Exception {
    CountDownLatch all = new CountDownLatch(100);
    try (Backend backend =
            Backend.answering(request -> {
              all.countDown();
              await(all);
              return Backend.ok(request.target());
            });
        Proxy proxy = Proxy.to(backend);
        H2Client client = H2Client.to(proxy.port())) {
      for (int i = 0; i < 100; i++) {
        client.get(2 * i + 1, "/" + i);
      }
      int ended = 0;
      while (ended < 100) {
        H2Client.Frame frame = client.read();
        ended += frame.type() == H2Client.DATA && frame.ends() ? 1 : 0;
      }
      for (int i = 0; i < 100; i++) {
        assertThat(client.taken(2 * i + 1).text()).isEqualTo("/" + i);
      }
      proxy.awaitBalanced();
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
  void aMemberThatBreaksOffResetsTheStreamAlone() throws Exception {
    try (Backend backend =
            Backend.start(connection -> {
              String path = connection.read().target();
              connection.send(
                  path.equals("/broken")
                      ? "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc"
                      : Backend.ok("whole"));
            });
        Proxy proxy = Proxy.to(backend);
        H2Client client = H2Client.to(proxy.port())) {
      client.get(1, "/broken");
      H2Client.Frame frame = client.read();
      while (frame.type() != H2Client.RST_STREAM) {
        frame = client.read();
      }
      assertThat(frame.int32(0)).isEqualTo(INTERNAL_ERROR);
      client.get(3, "/");
      assertThat(client.answer(3).text()).isEqualTo("whole");
      proxy.awaitBalanced();
    }
  }

  @Test
  void whatRoutesAndPoolsRefuseIsAnswered() throws Exception {
    String nobody = Proxy.file("", "").replace("members: []", "members: ['127.0.0.1:1']");
    try (Proxy proxy = Proxy.of(nobody);
        H2Client client = H2Client.to(proxy.port())) {
      client.get(1, "/");
      H2Client.Answer answer = client.answer(1);
      assertThat(answer.status()).isEqualTo(502);
      assertThat(answer.header("x-terrace-reason")).isEqualTo("UNREACHABLE");
      client.get(3, "/" + "x".repeat(31_000), "x", "y".repeat(2000));
      assertThat(client.answer(3).status()).isEqualTo(431);
    }
  }
}
