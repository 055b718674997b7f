package dev.terrace.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What changes in heads on the way, and how bodies are told apart. */
@SuppressWarnings("StringConcatToTextBlock") // the line ends matter
class HeadersTest {

  private final BlockingQueue<HttpConnection.Message> seen = new LinkedBlockingQueue<>();

  /** Answers each request with this, which ends the connection if it says so. */
  private Backend sending(String answer) throws IOException {
    return Backend.start(connection -> {
      while (true) {
        seen.add(connection.read());
        connection.send(answer);
        if (answer.contains("Connection: close") || !answer.contains("-")) {
          return;
        }
      }
    });
  }

  @Test
  void whatIsMeantForThisHopOrClaimedByStrangersIsTakenAway() throws Exception {
    try (Backend backend = sending(Backend.ok("x"));
        Proxy proxy = Proxy.to(backend);
        HttpConnection client = proxy.connect()) {
      client.send(
          "GET /p?q HTTP/1.1\r\nHost: Shop.Example:81\r\nConnection: keep-alive, X-Hop, TE\r\n"
              + "X-Hop: 1\r\nKeep-Alive: 5\r\nTE: trailers\r\nProxy-Connection: x\r\n"
              + "X-Forwarded-For: 6.6.6.6\r\nx-forwarded-proto: https\r\nX-Forwarded-Host: evil\r\n"
              + "X-Forwarded-Port: 1\r\nForwarded: for=6.6.6.6\r\nX-Real-IP: 6.6.6.6\r\n"
              + "Upgrade: h2c\r\nHTTP2-Settings: x\r\nVia: 1.0 old\r\nAccept: a\r\n\r\n");
      assertThat(client.read().text()).isEqualTo("x");
      HttpConnection.Message request = seen.take();
      assertThat(request.startLine()).isEqualTo("GET /p?q HTTP/1.1");
      assertThat(request.headers())
          .containsOnly(
              java.util.Map.entry("host", "Shop.Example:81"),
              java.util.Map.entry("via", "1.0 old,1.1 terrace"),
              java.util.Map.entry("accept", "a"),
              java.util.Map.entry("x-forwarded-for", "127.0.0.1"),
              java.util.Map.entry("x-forwarded-proto", "http"),
              java.util.Map.entry("forwarded", "for=127.0.0.1;proto=http"),
              java.util.Map.entry("x-forwarded-host", "Shop.Example:81"));
    }
  }

  /** Behind CGI and WSGI a name with _ is the name with -. */
  @Test
  void claimsOfStrangersAreTakenAwayWhenTheirNamesAreWrittenWithUnderscores() throws Exception {
    try (Backend backend = sending(Backend.ok("x"));
        Proxy proxy = Proxy.to(backend);
        HttpConnection client = proxy.connect()) {
      client.send(
          "GET / HTTP/1.1\r\nHost: a\r\nX_Forwarded_For: 6.6.6.6\r\nX_REAL-IP: 6.6.6.6\r\n"
              + "x-forwarded_proto: https\r\nX_Other: 1\r\n\r\n");
      assertThat(client.read().text()).isEqualTo("x");
      assertThat(seen.take().headers())
          .containsEntry("x_other", "1")
          .containsEntry("x-forwarded-for", "127.0.0.1")
          .doesNotContainValue("6.6.6.6")
          .doesNotContainValue("https");
    }
  }

  /** Who does not understand the client's spelling would take the body for another request. */
  @Test
  void chunksAreAnnouncedInOneSpelling() throws Exception {
    try (Backend backend =
            sending("HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n");
        Proxy proxy = Proxy.to(backend);
        HttpConnection client = proxy.connect()) {
      client.send(
          "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding:\t cHunKed \r\nA: 1\r\n\r\n"
              + "3\r\nabc\r\n0\r\n\r\n");
      HttpConnection.Message answer = client.read();
      assertThat(answer.text()).isEqualTo("x");
      assertThat(answer.header("transfer-encoding")).isEqualTo("chunked");
      HttpConnection.Message request = seen.take();
      assertThat(request.header("transfer-encoding")).isEqualTo("chunked");
      assertThat(request.header("a")).isEqualTo("1");
      assertThat(request.text()).isEqualTo("abc");
    }
  }

  @Test
  void aStatusLineWithoutReasonGetsTheSpaceThatBelongsToIt() throws Exception {
    try (Backend backend = sending("HTTP/1.1 299\r\nContent-Length: 1\r\n\r\nx");
        Proxy proxy = Proxy.to(backend);
        HttpConnection client = proxy.connect()) {
      HttpConnection.Message answer = client.get("/");
      assertThat(answer.startLine()).isEqualTo("HTTP/1.1 299 ");
      assertThat(answer.text()).isEqualTo("x");
    }
  }

  @Test
  void anAnswersHopByHopHeadersAreTakenAway() throws Exception {
    try (Backend backend =
            sending(
                "HTTP/1.1 200 Fine\r\nA: 1\r\nConnection: close, X-Hop\r\nX-Hop: 1\r\n"
                    + "Keep-Alive: 5\r\nUpgrade: x\r\nSet-Cookie: a=b\r\nSet-Cookie: c=d\r\n"
                    + "Content-Length: 1\r\n\r\nx");
        Proxy proxy = Proxy.to(backend);
        HttpConnection client = proxy.connect()) {
      for (int i = 0; i < 2; i++) {
        HttpConnection.Message answer = client.get("/");
        assertThat(answer.startLine()).isEqualTo("HTTP/1.1 200 Fine");
        assertThat(answer.headers()).containsOnlyKeys("a", "set-cookie", "content-length");
        assertThat(answer.header("set-cookie")).isEqualTo("a=b,c=d");
      }
      assertThat(backend.connections).hasValue(2);
    }
  }

  @Test
  void absoluteTargetsBecomePaths() throws Exception {
    try (Backend backend = sending(Backend.ok("x"));
        Proxy proxy = Proxy.to(backend);
        HttpConnection client = proxy.connect()) {
      client.send("GET http://h:80/a?b HTTP/1.1\r\nhost: h:80\r\n\r\n");
      client.read();
      assertThat(seen.take().startLine()).isEqualTo("GET /a?b HTTP/1.1");
      client.send("OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n");
      client.read();
      assertThat(seen.take().startLine()).isEqualTo("OPTIONS * HTTP/1.1");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "GET http://h, GET /",
    "GET http://h?a=/b, GET /?a=/b",
    "GET HTTPS://h/a, GET /a",
    "OPTIONS http://h, OPTIONS *",
    "OPTIONS http://h?, OPTIONS /?"
  })
  void absoluteTargetsNeedNoPath(String sent, String passed) throws Exception {
    try (Backend backend = sending(Backend.ok("x"));
        Proxy proxy = Proxy.to(backend);
        HttpConnection client = proxy.connect()) {
      client.send(sent + " HTTP/1.1\r\nHost: h\r\n\r\n");
      assertThat(client.read().text()).isEqualTo("x");
      assertThat(seen.take().startLine()).isEqualTo(passed + " HTTP/1.1");
    }
  }

  @Test
  void oldClientsGetWhatTheyUnderstand() throws Exception {
    try (Backend backend =
            sending(
                "HTTP/1.1 103 Early\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\n"
                    + "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x\r\nde\r\n0\r\n\r\n");
        Proxy proxy = Proxy.to(backend)) {
      try (HttpConnection client = proxy.connect()) {
        client.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
        HttpConnection.Message answer = client.read();
        assertThat(answer.headers()).containsOnly(java.util.Map.entry("connection", "close"));
        assertThat(answer.text()).isEqualTo("abcde");
        assertThat(seen.take().header("host")).isEqualTo(backend.address());
      }
    }
    try (Backend backend = sending(Backend.ok("x"));
        Proxy proxy = Proxy.to(backend);
        HttpConnection client = proxy.connect()) {
      for (int i = 0; i < 2; i++) {
        client.send("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n");
        assertThat(client.read().header("connection")).isEqualTo("keep-alive");
      }
      client.send("GET / HTTP/1.0\r\n\r\n");
      assertThat(client.read().header("connection")).isEqualTo("close");
      assertThat(client.closes()).isTrue();
    }
  }

  @Test
  void answersWithoutABodyEndWithTheirHead() throws Exception {
    try (Backend backend =
            Backend.answering(request ->
                switch (request.target()) {
                  case "/204" -> "HTTP/1.1 204 No Content\r\n\r\n";
                  case "/304" -> "HTTP/1.1 304 Not Modified\r\nContent-Length: 50\r\n\r\n";
                  default -> "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n";
                });
        Proxy proxy = Proxy.to(backend);
        HttpConnection client = proxy.connect()) {
      for (int i = 0; i < 2; i++) {
        client.send("HEAD /head HTTP/1.1\r\nHost: h\r\n\r\n");
        assertThat(client.head().header("content-length")).isEqualTo("1000");
        assertThat(client.get("/204").status()).isEqualTo(204);
        client.send("GET /304 HTTP/1.1\r\nHost: h\r\n\r\n");
        assertThat(client.head().header("content-length")).isEqualTo("50");
      }
      assertThat(backend.connections).hasValue(1);
    }
  }

  @Test
  void aBodyUntilTheConnectionEndsEndsTheClientsToo() throws Exception {
    try (Backend backend =
            Backend.start(connection -> {
              connection.read();
              connection.send("HTTP/1.1 200 OK\r\n\r\nall of it");
            });
        Proxy proxy = Proxy.to(backend);
        HttpConnection client = proxy.connect()) {
      HttpConnection.Message answer = client.get("/");
      assertThat(answer.header("connection")).isEqualTo("close");
      assertThat(answer.text()).isEqualTo("all of it");
      proxy.awaitBalanced();
    }
  }

  @Test
  void interimAnswersAndTrailersPass() throws Exception {
    String answer =
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;q=\"r\"\r\nx\r\n0\r\nSum: 1\r\n\r\n";
    try (Backend backend =
            Backend.start(connection -> {
              connection.head();
              connection.send("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Hints\r\nLink: a\r\n\r\n");
              seen.add(
                  new HttpConnection.Message(
                      "body", java.util.Map.of(), connection.in.readNBytes(4)));
              connection.send(answer);
              connection.in.read();
            });
        Proxy proxy = Proxy.to(backend);
        HttpConnection client = proxy.connect()) {
      client.send(
          "POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-Continue\r\nContent-Length: 4\r\n\r\n");
      assertThat(client.read().startLine()).isEqualTo("HTTP/1.1 100 Continue");
      assertThat(client.read().headers()).containsOnlyKeys("link");
      client.send("body");
      assertThat(seen.take().text()).isEqualTo("body");
      byte[] raw = client.in.readNBytes(answer.length());
      assertThat(new String(raw, java.nio.charset.StandardCharsets.ISO_8859_1)).isEqualTo(answer);
    }
  }
}
