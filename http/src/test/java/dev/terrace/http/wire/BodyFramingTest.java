package dev.terrace.http.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** Bodies in chunks that are taken apart, however their bytes come split. */
@SuppressWarnings("StringConcatToTextBlock") // the line ends matter
class BodyFramingTest {

  private static final String HEAD =
      "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nConnection: x-hop\r\n\r\n";
  private static final String LINES = "A: b\r\nServer-Timing: db;dur=5 \r\n";
  private static final String BODY =
      "3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n" + "A: b\r\nX-Hop: 1\r\nServer-Timing: db;dur=5 \r\n\r\n";

  private static ByteBuf bytes(String text) {
    return Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1);
  }

  private static String[] bytewise(String text) {
    return text.chars().mapToObj(c -> String.valueOf((char) c)).toArray(String[]::new);
  }

  /** What a body comes to, as data and trailers. */
  private static String taken(String... pieces) {
    RequestHead head = new RequestHead(1000);
    assertThat(head.feed(bytes(HEAD))).isEqualTo(Head.Verdict.COMPLETE);
    BodyFraming framing = new BodyFraming();
    head.frame(framing, 1000);
    StringBuilder data = new StringBuilder();
    for (String piece : pieces) {
      ByteBuf in = bytes(piece);
      while (in.isReadable() && !framing.done() && framing.fault() == Fault.NONE) {
        data.append(framing.take(in, false).toString(StandardCharsets.ISO_8859_1));
      }
    }
    if (framing.fault() != Fault.NONE) {
      return framing.fault().name();
    }
    ByteBuf trailers = framing.trailers(head);
    assertThat(framing.done()).isTrue();
    String lines = trailers == null ? "none" : trailers.toString(StandardCharsets.ISO_8859_1);
    return data + "|" + lines;
  }

  @Test
  void trailersAreWholeHoweverTheyCome() {
    String expected = "abcde|" + LINES;
    assertThat(taken(BODY)).isEqualTo(expected);
    assertThat(taken(bytewise(BODY))).isEqualTo(expected);
    for (int i = 1; i < BODY.length(); i++) {
      assertThat(taken(BODY.substring(0, i), BODY.substring(i))).isEqualTo(expected);
    }
  }

  @Test
  void mostBodiesHaveNone() {
    String body = "1\r\nx\r\n0\r\n\r\n";
    assertThat(taken(body)).isEqualTo("x|none");
    for (int i = 1; i < body.length(); i++) {
      assertThat(taken(body.substring(0, i), body.substring(i))).isEqualTo("x|none");
    }
  }

  @Test
  void theyAreReadStrictlyAndUpToALimit() {
    assertThat(taken("0\r\nA : b\r\n\r\n")).isEqualTo("BAD_TRAILER");
    assertThat(taken(bytewise("0\r\nA: b\n\n"))).isEqualTo("BAD_TRAILER");
    assertThat(taken("0\r\nA: " + "x".repeat(997) + "\r\n\r\n")).startsWith("|A: xxx");
    assertThat(taken("0\r\nA: " + "x".repeat(998) + "\r\n\r\n")).isEqualTo("HEAD_TOO_LARGE");
    assertThat(taken("0\r\n" + "A:\r\n".repeat(256) + "\r\n")).startsWith("|A:\r\n");
    assertThat(taken("0\r\n" + "A:\r\n".repeat(257) + "\r\n")).isEqualTo("TOO_MANY_FIELDS");
  }
}
