package dev.terrace.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.terrace.testkit.Await;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Settings;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Trailers of HTTP/1.1 where its chunks are taken apart: on their way to other versions. */
@SuppressWarnings("StringConcatToTextBlock") // the line ends matter
class TrailersTest {

  private static final String ANSWER = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  private static final String POST =
      "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";

  /** One line of each kind that may not come after a body, between two that may. */
  private static final String FORBIDDEN =
      "Server-Timing: db;dur=53\r\nContent-Length: 7\r\nTRANSFER-ENCODING: chunked\r\nHost: evil\r\n"
          + "Content-Type: text/html\r\nConnection: x\r\nKeep-Alive: 5\r\nTE: gzip\r\nTrailer: x\r\n"
          + "Authorization: Basic eA==\r\nSet-Cookie: a=b\r\nX-Forwarded-For: 1.2.3.4\r\n"
          + "Proxy-Authenticate: x\r\nContent-Digest: sha-256=:x:\r\n";

  /** A member that sends these bytes to whoever asks, one by one if wanted. */
  private static Backend member(String answer, boolean byteByByte) throws IOException {
    return Backend.start(connection -> {
      while (true) {
        connection.read();
        if (byteByByte) {
          for (byte b : answer.getBytes(StandardCharsets.ISO_8859_1)) {
            connection.out.write(b);
          }
        } else {
          connection.send(answer);
        }
      }
    });
  }

  private static Backend member(String chunks) throws IOException {
    return member(ANSWER + chunks, false);
  }

  /** A member that tells the trailers of each request. */
  private static Backend telling(BlockingQueue<Map<String, String>> trailers) throws IOException {
    return Backend.start(connection -> {
      while (true) {
        HttpConnection.Message request = connection.read();
        trailers.add(connection.trailers);
        connection.send(Backend.ok(request.text()));
      }
    });
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void thoseOfAnAnswerReachAClientOfHttp2(boolean byteByByte) throws Exception {
    String chunks =
        "3\r\nabc\r\n0;x=y\r\nGrpc-Status:0\r\nGrpc-Message: \tall is\u00e9 well \r\n\r\n";
    try (Backend member = member(ANSWER + chunks, byteByByte);
        Proxy proxy = Proxy.to(member);
        H2Client client = H2Client.to(proxy.port())) {
      for (int stream = 1; stream < 6; stream += 2) {
        client.get(stream, "/");
        H2Client.Answer answer = client.answer(stream);
        assertThat(answer.text()).isEqualTo("abc");
        assertThat(answer.trailers().size()).isEqualTo(2);
        assertThat(answer.trailers().get("grpc-status")).hasToString("0");
        assertThat(answer.trailers().get("grpc-message")).hasToString("all is\u00e9 well");
      }
      assertThat(member.connections).as("the connection is used again").hasValue(1);
      proxy.awaitBalanced();
    }
  }

  @Test
  void thoseOfOneAnswerAreNotThoseOfTheNext() throws Exception {
    try (Backend member =
            Backend.answering(request ->
                ANSWER + (request.target().equals("/1") ? "0\r\nA: b\r\n\r\n" : "0\r\n\r\n"));
        Proxy proxy = Proxy.to(member);
        H2Client client = H2Client.to(proxy.port())) {
      client.get(1, "/1");
      assertThat(client.answer(1).trailers().get("a")).hasToString("b");
      client.get(3, "/2");
      assertThat(client.answer(3).trailers()).isEmpty();
      assertThat(member.connections).hasValue(1);
    }
  }

  @Test
  void whatFramesRoutesOrAuthenticatesIsLeftOut() throws Exception {
    String head =
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: a, X-Hop\r\n"
            + "Connection: x-other\r\n\r\n";
    try (Backend member =
            Backend.answering(request ->
                head + "1\r\nx\r\n0\r\n" + FORBIDDEN + "X-HOP: 1\r\nx-Other: 2\r\n\r\n");
        Proxy proxy = Proxy.to(member);
        H2Client client = H2Client.to(proxy.port())) {
      client.get(1, "/");
      H2Client.Answer answer = client.answer(1);
      assertThat(answer.trailers().names().stream().map(Object::toString))
          .containsExactly("server-timing", "content-digest");
      assertThat(answer.trailers().get("server-timing")).hasToString("db;dur=53");
    }
  }

  @Test
  void ifNoneIsLeftTheBodyIsTheEnd() throws Exception {
    try (Backend member = member("1\r\nx\r\n0\r\nHost: evil\r\n\r\n");
        Proxy proxy = Proxy.to(member);
        H2Client client = H2Client.to(proxy.port())) {
      client.get(1, "/");
      H2Client.Answer answer = client.answer(1);
      assertThat(answer.text()).isEqualTo("x");
      assertThat(answer.trailers()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"no colon\r\n\r\n", "A: b\n\r\n", " A: b\r\n\r\n", "A: b\u0001\r\n\r\n"})
  void aBadOneBreaksTheAnswerOff(String trailers) throws Exception {
    try (Backend member = member("1\r\nx\r\n0\r\n" + trailers);
        Proxy proxy = Proxy.to(member);
        H2Client client = H2Client.to(proxy.port())) {
      client.get(1, "/");
      assertThatThrownBy(() -> client.answer(1))
          .hasMessageContaining("type 3")
          .hasMessageContaining("error " + Http2Error.INTERNAL_ERROR.code());
      proxy.awaitBalanced();
    }
  }

  @Test
  void theyMayBeAsLargeAsAHead() throws Exception {
    try (Backend member =
            Backend.answering(request ->
                ANSWER
                    + "0\r\nA: "
                    + "x".repeat(Integer.parseInt(request.target(), 1, 5, 10))
                    + "\r\n\r\n");
        Proxy proxy = Proxy.of(Proxy.file("max-head: 2KB, ", "", member));
        H2Client client = H2Client.to(proxy.port())) {
      client.get(1, "/2040");
      assertThat(client.answer(1).trailers().get("a")).hasSize(2040);
      client.get(3, "/2048");
      assertThatThrownBy(() -> client.answer(3)).hasMessageContaining("type 3");
    }
  }

  @Test
  void aCompressedAnswerKeepsThoseThatDoNotTellOfItsBytes() throws Exception {
    String text = "Terrace ".repeat(200);
    String chunks =
        Integer.toHexString(text.length())
            + "\r\n"
            + text
            + "\r\n0\r\nServer-Timing: db;dur=53\r\nRepr-Digest: sha-256=:x:\r\n\r\n";
    try (Backend member =
            Backend.answering(request ->
                "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n"
                    + (request.target().equals("/told") ? "Trailer: Repr-Digest\r\n\r\n" : "\r\n")
                    + chunks);
        Proxy proxy = Proxy.of(Proxy.file("compression: {}, ", "", member));
        HttpConnection client = proxy.connect()) {
      String asks = " HTTP/1.1\r\nHost: h\r\nAccept-Encoding: gzip\r\n\r\n";
      HttpConnection.Message answer = client.send("GET /" + asks).read();
      assertThat(answer.header("content-encoding")).isEqualTo("gzip");
      byte[] plain = new GZIPInputStream(new ByteArrayInputStream(answer.body())).readAllBytes();
      assertThat(new String(plain, StandardCharsets.ISO_8859_1)).isEqualTo(text);
      assertThat(client.trailers).containsExactly(Map.entry("server-timing", "db;dur=53"));
      answer = client.send("GET /told" + asks).read();
      assertThat(answer.header("content-encoding")).as("a digest is to come").isEmpty();
      assertThat(answer.text()).isEqualTo(text);
      assertThat(client.trailers).containsEntry("repr-digest", "sha-256=:x:");
    }
  }

  @Test
  void aClientOfHttp10GetsTheBodyAlone() throws Exception {
    try (Backend member = member("1\r\nx\r\n0\r\nA: b\r\n\r\n");
        Proxy proxy = Proxy.to(member);
        HttpConnection client = proxy.connect()) {
      assertThat(client.send("GET / HTTP/1.0\r\n\r\n").read().text()).isEqualTo("x");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "5\r\nhello\r\n"})
  void thoseOfARequestReachAMemberOfHttp2(String body) throws Exception {
    String request = POST + body + "0\r\nSum: 42\r\n" + FORBIDDEN + "\r\n";
    try (Http2Backend member = Http2Backend.saying("ok");
        Proxy proxy = Http2MemberTest.to("", member);
        HttpConnection client = proxy.connect()) {
      for (int i = 0; i < 2; i++) {
        assertThat(client.send(request).read().text()).isEqualTo("ok");
      }
      for (byte b : request.getBytes(StandardCharsets.ISO_8859_1)) {
        client.out.write(b);
      }
      assertThat(client.read().text()).isEqualTo("ok");
      assertThat(member.streams)
          .hasSize(3)
          .allSatisfy(seen -> {
            assertThat(seen.body()).isEqualTo(body.isEmpty() ? "" : "hello");
            assertThat(seen.trailers.names().stream().map(Object::toString))
                .containsExactly("sum", "server-timing", "content-digest");
            assertThat(seen.trailers.get("sum")).hasToString("42");
          });
      proxy.awaitBalanced();
    }
  }

  @Test
  void aBadOneInARequestIsRefusedAndTheMemberTold() throws Exception {
    try (Http2Backend member = Http2Backend.onHead(Http2Settings.defaultSettings(), head -> {});
        Proxy proxy = Http2MemberTest.to("", member);
        HttpConnection client = proxy.connect()) {
      client.send(POST + "1\r\nx\r\n0\r\n");
      Await.until("the head is there", () -> !member.streams.isEmpty());
      HttpConnection.Message answer = client.send("no colon\r\n\r\n").read();
      assertThat(answer.status()).isEqualTo(400);
      assertThat(answer.text()).contains("a bad trailer");
      Await.until("the stream is reset", () -> member.resets.contains(Http2Error.CANCEL.code()));
      proxy.awaitBalanced();
    }
  }

  @Test
  void thoseOfARequestPassWhereItsBodyIsCounted() throws Exception {
    BlockingQueue<Map<String, String>> trailers = new LinkedBlockingQueue<>();
    try (Backend member = telling(trailers);
        Proxy proxy = Proxy.of(Proxy.file("max-body: 1KB, ", "", member));
        HttpConnection client = proxy.connect()) {
      client.send(POST + "3\r\nabc\r\n2\r\nde\r\n0\r\nSum: 42\r\nHost: evil\r\n\r\n");
      assertThat(client.read().text()).isEqualTo("abcde");
      assertThat(trailers.take()).containsExactly(Map.entry("sum", "42"));
      client.send(POST + "3\r\nabc\r\n0\r\n\r\n");
      assertThat(client.read().text()).isEqualTo("abc");
      assertThat(trailers.take()).isEmpty();
    }
  }

  @Test
  void theCopyOfARequestHasThemToo() throws Exception {
    BlockingQueue<Map<String, String>> first = new LinkedBlockingQueue<>();
    BlockingQueue<Map<String, String>> copied = new LinkedBlockingQueue<>();
    try (Backend member = telling(first);
        Backend shadow = telling(copied);
        Proxy proxy =
            Proxy.of(
                """
                listen: {http: '127.0.0.1:0'}
                pools: {app: {members: ['%s']}, shadow: {members: ['%s']}}
                http: {routes: [{pool: app, mirror: {pool: shadow, share: 100%%}}]}
                """
                    .formatted(member.address(), shadow.address()));
        HttpConnection client = proxy.connect()) {
      client.send(POST + "3\r\nabc\r\n0\r\nSum: 42\r\n\r\n");
      assertThat(client.read().text()).isEqualTo("abc");
      assertThat(first.take()).containsExactly(Map.entry("sum", "42"));
      assertThat(copied.take()).containsExactly(Map.entry("sum", "42"));
      client.send(POST + "0\r\nSum: 43\r\n\r\n");
      assertThat(client.read().text()).isEmpty();
      assertThat(copied.take()).containsExactly(Map.entry("sum", "43"));
    }
  }
}
