package dev.terrace.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Settings;
import java.io.IOException;
import java.util.Arrays;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Members that break HTTP/2: their requests fail, and nothing of it reaches the client. */
class Http2HostileMemberTest {

  private static HttpConnection.Message answerOf(Consumer<Http2Backend.Stream> script)
      throws Exception {
    try (Http2Backend member = Http2Backend.onEnd(script);
        Proxy proxy = Http2MemberTest.to("", member)) {
      HttpConnection.Message answer = proxy.get("/");
      proxy.awaitBalanced();
      return answer;
    }
  }

  private static void isBroken(Consumer<Http2Backend.Stream> script) throws Exception {
    HttpConnection.Message answer = answerOf(script);
    assertThat(answer.status()).isEqualTo(502);
    assertThat(answer.header("x-terrace-reason")).isEqualTo("BROKEN_ANSWER");
    assertThat(answer.headers()).doesNotContainKey("evil");
  }

  @Test
  void aValueCannotBecomeMoreLines() throws Exception {
    isBroken(stream -> stream.head(true, ":status", "200", "a", "b\r\nEvil: 1"));
    isBroken(stream -> stream.head(true, ":status", "200", "a", "b\nEvil: 1"));
    isBroken(stream -> stream.head(true, ":status", "200", "a\r\nEvil", "1"));
    isBroken(stream -> stream.head(true, ":status", "200\r\nEvil: 1"));
  }

  @Test
  void whatIsNoAnswerIsRefused() throws Exception {
    isBroken(stream -> stream.head(true, "a", "b"));
    isBroken(stream -> stream.head(true, ":status", "99"));
    isBroken(stream -> stream.head(true, ":status", "101"));
    isBroken(stream -> stream.head(true, ":status", "100"));
    isBroken(stream -> stream.head(true, ":status", "200", "connection", "close"));
    isBroken(stream -> stream.head(true, ":status", "200", "transfer-encoding", "chunked"));
    isBroken(stream -> stream.head(true, ":status", "200", "x", "y".repeat(40_000)));
    isBroken(stream -> stream.data("no head", true));
    isBroken(stream -> stream.reset(Http2Error.INTERNAL_ERROR));
  }

  @Test
  void aBodyThatIsNotAsLongAsToldIsCutOff() throws Exception {
    try (Http2Backend member =
            Http2Backend.onEnd(stream -> {
              stream.head(false, ":status", "200", "content-length", "10");
              stream.data("short", true);
            });
        Proxy proxy = Http2MemberTest.to("", member);
        HttpConnection client = proxy.connect()) {
      client.send("GET / HTTP/1.1\r\nHost: test\r\n\r\n");
      assertThatThrownBy(client::read).isInstanceOf(IOException.class);
      proxy.awaitBalanced();
    }
  }

  @Test
  void aMemberThatAllowsNoStreamsIsAtItsLimit() throws Exception {
    Http2Settings none = Http2Settings.defaultSettings().maxConcurrentStreams(0);
    try (Http2Backend member = Http2Backend.onHead(none, stream -> {});
        Proxy proxy = Http2MemberTest.to("", member)) {
      assertThat(proxy.get("/").status()).isEqualTo(503);
      assertThat(proxy.get("/").status()).isEqualTo(503);
      assertThat(member.accepted.get()).isLessThanOrEqualTo(2);
    }
  }

  @Test
  void aMemberThatDoesNotSpeakHttp2IsNotReached() throws Exception {
    try (Backend old = Backend.start(connection -> connection.send("HTTP/1.1 400 No\r\n\r\n"));
        Backend mute = Backend.start(connection -> connection.in.readAllBytes())) {
      for (Backend member : new Backend[] {old, mute}) {
        try (Proxy proxy =
            Proxy.of(Proxy.file("", "protocol: http2, connect-timeout: 300ms, ", member))) {
          HttpConnection.Message answer = proxy.get("/");
          assertThat(answer.status()).isEqualTo(502);
          assertThat(answer.header("x-terrace-reason")).isEqualTo("UNREACHABLE");
        }
      }
    }
  }

  @Test
  void garbageEndsTheConnectionAlone() throws Exception {
    try (Http2Backend member =
            Http2Backend.onEnd(stream -> {
              if (stream.header(":path").equals("/bad")) {
                byte[] garbage = new byte[2048];
                Arrays.fill(garbage, (byte) 0xFF);
                stream
                    .connection()
                    .pipeline()
                    .firstContext()
                    .writeAndFlush(Unpooled.wrappedBuffer(garbage));
              } else {
                stream.answer("good");
              }
            });
        Proxy proxy = Http2MemberTest.to("", member)) {
      assertThat(proxy.get("/bad").status()).isEqualTo(502);
      assertThat(proxy.get("/good").text()).isEqualTo("good");
      proxy.awaitBalanced();
    }
  }
}
