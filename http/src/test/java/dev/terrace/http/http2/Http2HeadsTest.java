package dev.terrace.http.http2;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrace.http.wire.Fault;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Map.Entry;
import org.junit.jupiter.api.Test;

class Http2HeadsTest {

  private static Http2Headers fields(String... namesAndValues) {
    Http2Headers headers = new DefaultHttp2Headers(false);
    for (int i = 0; i < namesAndValues.length; i += 2) {
      headers.add(namesAndValues[i], namesAndValues[i + 1]);
    }
    return headers;
  }

  private static Http2Headers get(String... more) {
    Http2Headers headers =
        fields(":method", "GET", ":scheme", "http", ":authority", "a.example", ":path", "/p?q");
    fields(more).forEach(field -> headers.add(field.getKey(), field.getValue()));
    return headers;
  }

  private static String request(Http2Headers fields, boolean ends) {
    ByteBuf out = Unpooled.buffer();
    Fault fault = Http2Heads.request(fields, ends, "KEY", out);
    return fault == Fault.NONE ? out.toString(StandardCharsets.ISO_8859_1) : fault.name();
  }

  private static String answer(Http2Headers fields, boolean ends, boolean toHead) {
    ByteBuf out = Unpooled.buffer();
    Fault fault = Http2Heads.answer(fields, ends, toHead, out);
    return fault == Fault.NONE ? out.toString(StandardCharsets.ISO_8859_1) : fault.name();
  }

  private static String trailers(Http2Headers fields) {
    ByteBuf out = Unpooled.buffer();
    Fault fault = Http2Heads.trailers(fields, out);
    return fault == Fault.NONE ? out.toString(StandardCharsets.ISO_8859_1) : fault.name();
  }

  private static ByteBuf bytes(String text) {
    return Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1);
  }

  @Test
  void aRequestBecomesAHeadWithItsHostFirstAndItsCookiesJoined() {
    assertThat(request(get("cookie", "a=1", "accept", "*/*", "cookie", "b=2"), true))
        .isEqualTo(
            "GET /p?q HTTP/1.1\r\nHost: a.example\r\naccept: */*\r\nCookie: a=1; b=2\r\n\r\n");
  }

  @Test
  void theLengthOfABodyIsSaidInTheWordsOfHttp1() {
    assertThat(request(get(), false)).endsWith("Transfer-Encoding: chunked\r\n\r\n");
    assertThat(request(get("content-length", "3"), false)).doesNotContain("Transfer");
    Http2Headers post = get().method("POST");
    assertThat(request(post, true)).endsWith("Content-Length: 0\r\n\r\n");
    assertThat(request(get(), true)).doesNotContain("Content-Length");
  }

  @Test
  void hostMayStandInForTheAuthorityButNotDiffer() {
    Http2Headers noAuthority =
        fields(":method", "GET", ":scheme", "http", ":path", "/", "host", "b.example");
    assertThat(request(noAuthority, true)).isEqualTo("GET / HTTP/1.1\r\nHost: b.example\r\n\r\n");
    assertThat(request(get("host", "A.example"), true)).contains("Host: a.example\r\n\r\n");
    assertThat(request(get("host", "b.example"), true)).isEqualTo(Fault.HOST_DIFFERS.name());
    assertThat(request(get("host", "a.example", "host", "a.example"), true))
        .isEqualTo(Fault.REPEATED_HOST.name());
  }

  @Test
  void pseudoFieldsComeOnceAndFirst() {
    String bad = Fault.BAD_PSEUDO_FIELD.name();
    assertThat(request(get(":path", "/"), true)).isEqualTo(bad);
    assertThat(request(get(":status", "200"), true)).isEqualTo(bad);
    assertThat(request(fields(":scheme", "http", ":path", "/"), true)).isEqualTo(bad);
    assertThat(request(fields(":method", "GET", ":path", "/"), true)).isEqualTo(bad);
    assertThat(request(fields(":method", "GET", ":scheme", "http"), true)).isEqualTo(bad);
    assertThat(request(get().path(""), true)).isEqualTo(bad);
    assertThat(request(get().path("http://x/"), true)).isEqualTo(bad);
    assertThat(request(get().path("/a HTTP/1.1"), true)).isEqualTo(bad);
    assertThat(request(get().method("GET /x"), true)).isEqualTo(bad);
    assertThat(request(get().scheme("ftp"), true)).isEqualTo(bad);
    assertThat(request(get(":protocol", "websocket"), true)).isEqualTo(bad);
  }

  /** Netty's own headers would put pseudo fields first. */
  @Test
  void pseudoFieldsAreRefusedAfterOthers() {
    List<Entry<CharSequence, CharSequence>> late =
        List.of(
            Map.entry(":method", "GET"),
            Map.entry(":scheme", "http"),
            Map.entry("a", "b"),
            Map.entry(":path", "/"));
    ByteBuf out = Unpooled.buffer();
    assertThat(Http2Heads.request(late, true, "", out)).isEqualTo(Fault.BAD_PSEUDO_FIELD);
    List<Entry<CharSequence, CharSequence>> lateStatus =
        List.of(Map.entry("a", "b"), Map.entry(":status", "200"));
    assertThat(Http2Heads.answer(lateStatus, true, false, out)).isEqualTo(Fault.BAD_PSEUDO_FIELD);
  }

  @Test
  void namesAreLowerCaseTokensAndValuesCannotEndALine() {
    assertThat(request(get("Accept", "x"), true)).isEqualTo(Fault.BAD_FIELD_NAME.name());
    assertThat(request(get("a b", "x"), true)).isEqualTo(Fault.BAD_FIELD_NAME.name());
    assertThat(request(get("", "x"), true)).isEqualTo(Fault.BAD_FIELD_NAME.name());
    for (String value : new String[] {"a\rb", "a\nb", "a\0b", " a", "a\t", "a\u007f"}) {
      assertThat(request(get("x", value), true)).isEqualTo(Fault.BAD_FIELD_VALUE.name());
    }
    assertThat(request(get("x", "a\tb\u00e9"), true)).contains("x: a\tb\u00e9\r\n");
  }

  @Test
  void fieldsOfAConnectionAreRefused() {
    String[] names = {
      "connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade"
    };
    for (String name : names) {
      assertThat(request(get(name, "x"), true)).isEqualTo(Fault.CONNECTION_FIELD.name());
    }
    assertThat(request(get("te", "gzip"), true)).isEqualTo(Fault.CONNECTION_FIELD.name());
    assertThat(request(get("te", "trailers"), true)).contains("te: trailers\r\n");
  }

  @Test
  void aWebSocketIsOpenedInTheWordsOfHttp1AndOtherTunnelsAreNot() {
    Http2Headers webSocket = get(":protocol", "websocket", "sec-websocket-version", "13");
    assertThat(request(webSocket.method("CONNECT"), false))
        .startsWith("GET /p?q HTTP/1.1\r\n")
        .contains("Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: KEY\r\n")
        .doesNotContain("Transfer-Encoding");
    assertThat(request(get(":protocol", "other").method("CONNECT"), false))
        .startsWith("CONNECT /p?q HTTP/1.1\r\n");
    assertThat(request(fields(":method", "CONNECT", ":authority", "a:1"), false))
        .startsWith("CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n");
    assertThat(request(get().method("CONNECT"), false)).isEqualTo(Fault.BAD_PSEUDO_FIELD.name());
  }

  @Test
  void anAnswerBecomesAHead() {
    assertThat(answer(fields(":status", "200", "content-length", "3"), false, false))
        .isEqualTo("HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\n");
    assertThat(answer(fields(":status", "200"), false, false))
        .isEqualTo("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    assertThat(answer(fields(":status", "200"), true, false))
        .isEqualTo("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    for (String status : new String[] {"204", "304"}) {
      assertThat(answer(fields(":status", status), true, false)).doesNotContain("Content-Length");
    }
    assertThat(answer(fields(":status", "200"), true, true)).isEqualTo("HTTP/1.1 200 OK\r\n\r\n");
    assertThat(answer(fields(":status", "103", "link", "x"), false, false))
        .isEqualTo("HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n");
  }

  @Test
  void aMalformedAnswerIsRefused() {
    String bad = Fault.BAD_PSEUDO_FIELD.name();
    assertThat(answer(fields("a", "b"), true, false)).isEqualTo(bad);
    assertThat(answer(fields(":status", "200", ":status", "200"), true, false)).isEqualTo(bad);
    assertThat(answer(fields(":status", "101"), false, false)).isEqualTo(bad);
    assertThat(answer(fields(":status", "103"), true, false)).isEqualTo(bad);
    assertThat(answer(fields(":status", "2x0"), true, false)).isEqualTo(bad);
    assertThat(answer(fields(":status", "200", ":path", "/"), true, false)).isEqualTo(bad);
    assertThat(answer(fields(":status", "200", "connection", "close"), true, false))
        .isEqualTo(Fault.CONNECTION_FIELD.name());
  }

  @Test
  void trailersBecomeLinesAndBack() {
    Http2Headers trailers = fields("grpc-status", "0", "content-length", "7", "x-sum", "a b");
    String lines = trailers(trailers);
    assertThat(lines).isEqualTo("grpc-status: 0\r\nx-sum: a b\r\n");
    Http2Headers back = fields();
    Http2Fields.trailers(bytes("Grpc-Status: 0\r\nContent-Length: 9\r\nX-Sum:a b \r\n"), back);
    assertThat(back).isEqualTo(fields("grpc-status", "0", "x-sum", "a b"));
    assertThat(trailers(fields(":status", "200"))).isEqualTo(Fault.BAD_PSEUDO_FIELD.name());
  }

  @Test
  void anAnswersHeadBecomesFieldsWithoutWhatIsOfTheConnection() {
    Http2Headers into = fields();
    String head =
        """
        HTTP/1.1 404 Not Found
        Content-Type:  text/plain\s
        Connection: close
        Transfer-Encoding: chunked
        Set-Cookie: a=1
        Set-Cookie: b=2
        X-Own:\s

        """
            .replace("\n", "\r\n");
    Http2Fields.answer(bytes(head), into);
    assertThat(into)
        .isEqualTo(
            fields(
                ":status",
                "404",
                "content-type",
                "text/plain",
                "set-cookie",
                "a=1",
                "set-cookie",
                "b=2",
                "x-own",
                ""));
  }

  @Test
  void aRequestsHeadBecomesFields() {
    Http2Headers into = fields();
    Http2Fields.request(
        bytes("PUT /x?y HTTP/1.1\r\nA: b\r\nhost: h:1\r\nX-Forwarded-For: 1.2.3.4\r\n\r\n"),
        "https",
        into);
    assertThat(into)
        .isEqualTo(
            fields(
                ":method",
                "PUT",
                ":scheme",
                "https",
                ":authority",
                "h:1",
                ":path",
                "/x?y",
                "a",
                "b",
                "x-forwarded-for",
                "1.2.3.4",
                "te",
                "trailers"));
  }
}
