package dev.terrace.http.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.util.ReferenceCountUtil;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Heads that are nearly right: never an exception, one verdict however split, none laxer. */
class HeadFuzzTest {

  private static final long SEED = 20261123;
  private static final int CASES = 12_000;
  private static final int MAX_HEAD = 400;

  private static final List<String> REQUESTS =
      List.of(
          "GET / HTTP/1.1\r\nHost: h\r\n\r\n",
          "GET /a/b?c=d HTTP/1.1\r\nHost: shop.example:80\r\nAccept: */*\r\nCookie: a=b; c=d\r\n\r\n",
          "POST /p HTTP/1.1\r\nHost: h\r\nContent-Length: 12\r\nX-A:\t v \r\n\r\nhello worlds",
          "PUT /p HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
          "GET http://h:81/x HTTP/1.1\r\nHost: h:81\r\nConnection: keep-alive, X-A\r\nX-A: b\r\n\r\n",
          "OPTIONS * HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
          "\r\nGET / HTTP/1.1\r\nHost: [::1]:8080\r\nExpect: 100-continue\r\n\r\n");

  private static final List<String> ANSWERS =
      List.of(
          "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nServer: x\r\n\r\nhi",
          "HTTP/1.1 404 Not Found\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n",
          "HTTP/1.0 301 Moved Permanently\r\nLocation: http://h/\r\nSet-Cookie: a=b\r\n\r\n",
          "HTTP/1.1 204 \r\nKeep-Alive: timeout=5\r\n\r\n");

  private static final List<String> SNIPPETS =
      List.of(
          "\r\n",
          "\n",
          "\r",
          " ",
          "\t",
          ":",
          "\0",
          "\u007f",
          "\u00e9",
          ",",
          "Host: x\r\n",
          "Content-Length: 5\r\n",
          "Content-Length: 05\r\n",
          "Transfer-Encoding: chunked\r\n",
          "Transfer-Encoding: gzip, chunked\r\n",
          "Connection: close\r\n",
          " folded\r\n",
          "A : b\r\n",
          "HTTP/1.1",
          "chunked",
          "Expect: x\r\n",
          "Connection: Host\r\n",
          "#",
          "%00",
          "http://",
          "CONNECT ");

  /**
   * Why we refuse what Netty takes. Netty's decoder is a decoder: what the parts of a request mean
   * together it leaves to its user, and in syntax it is lenient where old peers were sloppy.
   */
  private static final Map<Fault, String> STRICTER = new EnumMap<>(Fault.class);

  static {
    STRICTER.put(Fault.BARE_LF, "Netty ends lines at LF; so would not every server behind us");
    STRICTER.put(Fault.BARE_CR, "Netty may take CR as part of a line that it trims");
    STRICTER.put(Fault.CONTROL_CHARACTER, "Netty skips or keeps some control characters");
    STRICTER.put(Fault.BAD_START_LINE, "Netty splits the first line at runs of white space");
    STRICTER.put(Fault.BAD_TARGET, "Netty does not look into the target");
    STRICTER.put(Fault.BAD_VERSION, "Netty takes any NAME/d.d as a version");
    STRICTER.put(Fault.CONNECT_REFUSED, "for a server CONNECT is a method like others");
    STRICTER.put(Fault.BAD_FIELD_NAME, "Netty makes a header of a line without a colon");
    STRICTER.put(Fault.SPACE_BEFORE_COLON, "Netty cuts the space off in some places");
    STRICTER.put(Fault.FOLDED_LINE, "Netty joins folded lines");
    STRICTER.put(Fault.NO_HOST, "meaning: RFC 9112, section 3.2");
    STRICTER.put(Fault.REPEATED_HOST, "meaning: RFC 9112, section 3.2");
    STRICTER.put(Fault.BAD_HOST, "meaning: RFC 9110, section 7.2");
    STRICTER.put(Fault.HOST_DIFFERS, "meaning: RFC 9112, section 3.2.2");
    STRICTER.put(Fault.UNKNOWN_CODING, "Netty decodes if chunked is among the codings");
    STRICTER.put(Fault.LENGTH_AND_CODING, "Netty drops the length, which RFC 9112, 6.1 allows");
    STRICTER.put(Fault.CODING_IN_OLD_VERSION, "Netty decodes chunks in HTTP/1.0 too");
    STRICTER.put(Fault.BAD_CONTENT_LENGTH, "Netty takes a sign, or several equal numbers");
    STRICTER.put(Fault.REPEATED_CONTENT_LENGTH, "Netty takes equal repeats");
    STRICTER.put(Fault.BAD_CONNECTION, "meaning: RFC 9110, section 7.6.1");
    STRICTER.put(Fault.UNKNOWN_EXPECTATION, "meaning: RFC 9110, section 10.1.1");
    STRICTER.put(Fault.HEAD_TOO_LARGE, "limits are our own");
    STRICTER.put(Fault.TARGET_TOO_LONG, "limits are our own");
  }

  @Test
  void requestsAreJudgedAlikeHoweverSplitAndNeverMoreLaxlyThanByNetty() {
    System.out.println("HeadFuzzTest seed " + SEED);
    Seeded seeded = new Seeded(SEED);
    int accepted = 0;
    for (int i = 0; i < CASES; i++) {
      String text = seeded.changed(REQUESTS, SNIPPETS);
      RequestHead whole = new RequestHead(MAX_HEAD);
      Head.Verdict verdict = feed(whole, List.of(Seeded.bytes(text)));
      sameWhenSplit(text, whole, verdict, new RequestHead(MAX_HEAD), seeded);
      compare(text, whole, verdict);
      if (verdict == Head.Verdict.COMPLETE) {
        accepted++;
      }
    }
    assertThat(accepted).isBetween(CASES / 5, CASES * 4 / 5);
  }

  @Test
  void answersAreJudgedAlikeHoweverSplit() {
    Seeded seeded = new Seeded(SEED);
    for (int i = 0; i < CASES; i++) {
      String text = seeded.changed(ANSWERS, SNIPPETS);
      ResponseHead whole = new ResponseHead(MAX_HEAD);
      Head.Verdict verdict = feed(whole, List.of(Seeded.bytes(text)));
      sameWhenSplit(text, whole, verdict, new ResponseHead(MAX_HEAD), seeded);
    }
  }

  private static void sameWhenSplit(
      String text, Head whole, Head.Verdict verdict, Head split, Seeded seeded) {
    assertThat(feed(split, seeded.split(Seeded.bytes(text)))).as(text).isEqualTo(verdict);
    assertThat(split.fault()).as(text).isEqualTo(whole.fault());
    assertThat(split.length()).as(text).isEqualTo(whole.length());
    assertThat(split.fields()).as(text).isEqualTo(whole.fields());
  }

  private static Head.Verdict feed(Head head, List<byte[]> pieces) {
    Head.Verdict verdict = Head.Verdict.INCOMPLETE;
    for (byte[] piece : pieces) {
      ByteBuf in = Unpooled.wrappedBuffer(piece);
      verdict = head.feed(in);
      if (verdict != Head.Verdict.INCOMPLETE) {
        return verdict;
      }
      assertThat(in.isReadable()).isFalse();
    }
    return verdict;
  }

  private static void compare(String text, RequestHead ours, Head.Verdict verdict) {
    EmbeddedChannel netty = new EmbeddedChannel(new HttpRequestDecoder());
    try {
      netty.writeInbound(Unpooled.copiedBuffer(Seeded.bytes(text)));
      Object first = netty.readInbound();
      boolean takes = first instanceof HttpMessage message && message.decoderResult().isSuccess();
      switch (verdict) {
        case COMPLETE -> {
          assertThat(takes).as("Netty refuses: " + text + " " + first).isTrue();
          agree(text, ours, (HttpRequest) first);
        }
        case BAD -> {
          if (takes) {
            assertThat(STRICTER).as(text).containsKey(ours.fault());
          }
        }
        case INCOMPLETE -> assertThat(takes).as("Netty takes an unfinished " + text).isFalse();
      }
      ReferenceCountUtil.release(first);
    } finally {
      netty.finishAndReleaseAll();
    }
  }

  private static void agree(String text, RequestHead ours, HttpRequest theirs) {
    assertThat(theirs.method().name()).as(text).isEqualTo(ours.method());
    assertThat(theirs.uri()).as(text).endsWith(ours.text(ours.pathStart(), ours.targetEnd()));
    assertThat(theirs.headers().size()).as(text).isEqualTo(ours.fields());
    for (Map.Entry<String, String> header : theirs.headers()) {
      assertThat(theirs.headers().get(header.getKey())).isEqualTo(ours.value(header.getKey()));
    }
  }
}
