package dev.terrace.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrace.core.signal.Metric;
import java.io.IOException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every kind of request that is refused: its status and reason, and that no member sees it. */
@SuppressWarnings("StringConcatToTextBlock") // the line ends matter
class RefusalTest {

  private static Backend backend;
  private static Proxy proxy;

  @BeforeAll
  static void start() throws IOException {
    backend = Backend.saying("ok");
    proxy = Proxy.of(Proxy.file("max-head: 2KB, ", "", backend));
  }

  @AfterAll
  static void stop() throws IOException {
    proxy.close();
    backend.close();
  }

  static Stream<Arguments> refused() {
    String get = "GET / HTTP/1.1\r\n";
    String host = "Host: h\r\n";
    String post = "POST / HTTP/1.1\r\nHost: h\r\n";
    String chunked = post + "Transfer-Encoding: chunked\r\n\r\n";
    return Stream.of(
        Arguments.of(400, "BAD_START_LINE", "GET /\r\n\r\n"),
        Arguments.of(400, "BAD_START_LINE", "GET  / HTTP/1.1\r\n" + host + "\r\n"),
        Arguments.of(400, "BAD_START_LINE", "GET / HTTP/1.1 \r\n" + host + "\r\n"),
        Arguments.of(400, "BAD_START_LINE", "GET / http/1.1\r\n" + host + "\r\n"),
        Arguments.of(400, "BAD_START_LINE", " GET / HTTP/1.1\r\n" + host + "\r\n"),
        Arguments.of(400, "BAD_START_LINE", "G(T / HTTP/1.1\r\n" + host + "\r\n"),
        Arguments.of(400, "BAD_START_LINE", "\r\n\r\n" + get + host + "\r\n"),
        Arguments.of(400, "BAD_TARGET", "GET /a#b HTTP/1.1\r\n" + host + "\r\n"),
        Arguments.of(400, "BAD_TARGET", "GET /\u00e4 HTTP/1.1\r\n" + host + "\r\n"),
        Arguments.of(400, "BAD_TARGET", "GET a HTTP/1.1\r\n" + host + "\r\n"),
        Arguments.of(400, "BAD_TARGET", "GET * HTTP/1.1\r\n" + host + "\r\n"),
        Arguments.of(400, "BAD_TARGET", "GET ftp://h/ HTTP/1.1\r\n" + host + "\r\n"),
        Arguments.of(400, "BAD_TARGET", "GET http://u@h/ HTTP/1.1\r\n" + host + "\r\n"),
        Arguments.of(400, "HOST_DIFFERS", "GET http://other/ HTTP/1.1\r\n" + host + "\r\n"),
        Arguments.of(505, "BAD_VERSION", "GET / HTTP/2.0\r\n" + host + "\r\n"),
        Arguments.of(501, "CONNECT_REFUSED", "CONNECT h:443 HTTP/1.1\r\n" + host + "\r\n"),
        Arguments.of(400, "BARE_LF", "GET / HTTP/1.1\n" + "Host: h\n\n"),
        Arguments.of(400, "BARE_LF", get + host + "A: b\n\r\n"),
        Arguments.of(400, "BARE_CR", get + host + "A: b\rC: d\r\n\r\n"),
        Arguments.of(400, "CONTROL_CHARACTER", get + host + "A: b\0c\r\n\r\n"),
        Arguments.of(400, "CONTROL_CHARACTER", get + host + "A: b\u0007c\r\n\r\n"),
        Arguments.of(400, "CONTROL_CHARACTER", get + host + "A: b\u007fc\r\n\r\n"),
        Arguments.of(400, "SPACE_BEFORE_COLON", get + host + "A : b\r\n\r\n"),
        Arguments.of(400, "SPACE_BEFORE_COLON", get + host + "A\t: b\r\n\r\n"),
        Arguments.of(400, "BAD_FIELD_NAME", get + host + ": b\r\n\r\n"),
        Arguments.of(400, "BAD_FIELD_NAME", get + host + "no colon\r\n\r\n".replace(" ", "-")),
        Arguments.of(400, "BAD_FIELD_NAME", get + host + "A(b): c\r\n\r\n"),
        Arguments.of(400, "FOLDED_LINE", get + host + "A: b\r\n c\r\n\r\n"),
        Arguments.of(400, "FOLDED_LINE", get + " Host: h\r\n\r\n"),
        Arguments.of(400, "NO_HOST", get + "\r\n"),
        Arguments.of(400, "REPEATED_HOST", get + host + host + "\r\n"),
        Arguments.of(400, "BAD_HOST", get + "Host: a b\r\n\r\n"),
        Arguments.of(400, "BAD_HOST", get + "Host: a/b\r\n\r\n"),
        Arguments.of(400, "BAD_HOST", get + "Host: a,b\r\n\r\n"),
        Arguments.of(400, "BAD_HOST", get + "Host:\r\n\r\n"),
        Arguments.of(400, "BAD_CONTENT_LENGTH", post + "Content-Length: +1\r\n\r\na"),
        Arguments.of(400, "BAD_CONTENT_LENGTH", post + "Content-Length: 1, 1\r\n\r\na"),
        Arguments.of(400, "BAD_CONTENT_LENGTH", post + "Content-Length: -1\r\n\r\na"),
        Arguments.of(400, "BAD_CONTENT_LENGTH", post + "Content-Length: 0x1\r\n\r\na"),
        Arguments.of(400, "BAD_CONTENT_LENGTH", post + "Content-Length:\r\n\r\n"),
        Arguments.of(
            400, "BAD_CONTENT_LENGTH", post + "Content-Length: 99999999999999999999\r\n\r\n"),
        Arguments.of(
            400,
            "REPEATED_CONTENT_LENGTH",
            post + "Content-Length: 1\r\nContent-Length: 2\r\n\r\na"),
        Arguments.of(
            400,
            "LENGTH_AND_CODING",
            post + "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        Arguments.of(400, "UNKNOWN_CODING", post + "Transfer-Encoding: gzip\r\n\r\n"),
        Arguments.of(400, "UNKNOWN_CODING", post + "Transfer-Encoding: gzip, chunked\r\n\r\n"),
        Arguments.of(400, "UNKNOWN_CODING", post + "Transfer-Encoding: xchunked\r\n\r\n"),
        Arguments.of(400, "UNKNOWN_CODING", post + "Transfer-Encoding:\r\n\r\n"),
        Arguments.of(
            400,
            "UNKNOWN_CODING",
            post + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n"),
        Arguments.of(
            400,
            "CODING_IN_OLD_VERSION",
            "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        Arguments.of(400, "BAD_CONNECTION", get + host + "Connection: close, Host\r\n\r\n"),
        Arguments.of(
            400,
            "BAD_CONNECTION",
            post + "Content-Length: 1\r\nConnection: content-length\r\n\r\na"),
        Arguments.of(417, "UNKNOWN_EXPECTATION", get + host + "Expect: coffee\r\n\r\n"),
        Arguments.of(414, "TARGET_TOO_LONG", "GET /" + "a".repeat(3000)),
        Arguments.of(431, "HEAD_TOO_LARGE", get + host + "A: " + "b".repeat(3000)),
        Arguments.of(431, "TOO_MANY_FIELDS", get + host + "A:b\r\n".repeat(256) + "\r\n"),
        Arguments.of(400, "BAD_CHUNK", chunked + "x\r\n"),
        Arguments.of(400, "BAD_CHUNK", chunked + "\r\n"),
        Arguments.of(400, "BAD_CHUNK", chunked + "0x1\r\na\r\n"),
        Arguments.of(400, "BAD_CHUNK", chunked + "-1\r\n"),
        Arguments.of(400, "BAD_CHUNK", chunked + "1 \r\na\r\n"),
        Arguments.of(400, "BAD_CHUNK", chunked + "1\na\r\n"),
        Arguments.of(400, "BAD_CHUNK", chunked + "1\r\nab\r\n"),
        Arguments.of(400, "BAD_CHUNK", chunked + "1111111111111111\r\n"),
        Arguments.of(400, "BAD_CHUNK", chunked + "1;a\0b\r\na\r\n"),
        Arguments.of(400, "BAD_TRAILER", chunked + "0\r\nno colon\r\n\r\n"),
        Arguments.of(400, "BAD_TRAILER", chunked + "0\r\nA: b\nC: d\r\n\r\n"),
        Arguments.of(431, "HEAD_TOO_LARGE", chunked + "0\r\nA: " + "b".repeat(3000)));
  }

  @ParameterizedTest
  @MethodSource
  void refused(int status, String reason, String request) throws IOException {
    int before = backend.requests.get();
    long errors = proxy.counter(Metric.PROTOCOL_ERRORS, "http");
    long rejected = proxy.counter(Metric.HTTP_REJECTED, reason);
    try (HttpConnection client = proxy.connect()) {
      client.send(request);
      HttpConnection.Message answer = client.read();
      assertThat(answer.header("x-terrace-reason")).isEqualTo(reason);
      assertThat(answer.status()).isEqualTo(status);
      assertThat(answer.header("connection")).isEqualTo("close");
      assertThat(client.closes()).isTrue();
    }
    assertThat(proxy.counter(Metric.PROTOCOL_ERRORS, "http")).isEqualTo(errors + 1);
    assertThat(proxy.counter(Metric.HTTP_REJECTED, reason)).isEqualTo(rejected + 1);
    assertThat(proxy.get("/after").text()).isEqualTo("ok");
    assertThat(backend.requests).hasValue(before + 1);
    proxy.awaitBalanced();
  }
}
