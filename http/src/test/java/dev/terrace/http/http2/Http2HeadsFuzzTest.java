package dev.terrace.http.http2;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrace.http.wire.Fault;
import dev.terrace.http.wire.Head;
import dev.terrace.http.wire.RequestHead;
import dev.terrace.http.wire.ResponseHead;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Whatever fields come, a head that is written says just what they said, and is one head. */
class Http2HeadsFuzzTest {

  private static final long SEED = 20261124;
  private static final int ROUNDS = 150_000;

  private static final String[] NAMES = {
    "accept",
    "cookie",
    "host",
    "content-length",
    "te",
    "x-a",
    "connection",
    "upgrade",
    "A",
    "x y",
    ":path",
    ":method",
    "via",
    "expect",
    "transfer-encoding",
    "",
    "x-\u00e9",
    "cookie"
  };
  private static final String[] VALUES = {
    "",
    "a",
    "b c",
    "0",
    "12",
    "trailers",
    "a.example",
    "x\r\ny: z",
    " a",
    "\u0000",
    "\u00e9",
    "a\tb",
    "/",
    "close",
    "100-continue",
    "chunked"
  };
  private static final String[] PATHS = {"/", "/a?b", "*", "", "/ HTTP/1.1", "x", "/\u00e9", "//"};
  private static final String[] METHODS = {"GET", "POST", "HEAD", "CONNECT", "a b", "OPTIONS", "p"};

  private final Random random = new Random(SEED);

  private String any(String[] from) {
    return from[random.nextInt(from.length)];
  }

  private boolean mostly() {
    return random.nextInt(20) > 0;
  }

  private Http2Headers request() {
    Http2Headers fields = new DefaultHttp2Headers(false);
    if (mostly()) {
      fields.add(":method", mostly() ? METHODS[random.nextInt(3)] : any(METHODS));
    }
    if (mostly()) {
      fields.add(":scheme", mostly() ? "https" : any(VALUES));
    }
    if (mostly()) {
      fields.add(":authority", mostly() ? "a.example" : any(VALUES));
    }
    if (mostly()) {
      fields.add(":path", mostly() ? PATHS[random.nextInt(2)] : any(PATHS));
    }
    addRegular(fields);
    return fields;
  }

  private void addRegular(Http2Headers fields) {
    int count = random.nextInt(4);
    for (int i = 0; i < count; i++) {
      fields.add(
          mostly() ? NAMES[random.nextInt(4)] : any(NAMES),
          mostly() ? VALUES[random.nextInt(5)] : any(VALUES));
    }
  }

  @Test
  void aRequestsHeadIsReadToItsEndAndTellsTheSame() {
    int whole = 0;
    for (int round = 0; round < ROUNDS; round++) {
      Http2Headers fields = request();
      boolean ends = random.nextBoolean();
      ByteBuf out = Unpooled.buffer();
      if (Http2Heads.request(fields, ends, "", out) != Fault.NONE) {
        continue;
      }
      String written = out.toString(StandardCharsets.ISO_8859_1);
      RequestHead head = new RequestHead(4096);
      Head.Verdict verdict = head.feed(out);
      assertThat(verdict).as(written).isNotEqualTo(Head.Verdict.INCOMPLETE);
      if (verdict == Head.Verdict.BAD) {
        continue;
      }
      whole++;
      assertThat(out.isReadable()).as(written).isFalse();
      assertThat(head.method()).as(written).isEqualTo(String.valueOf(fields.method()));
      ByteBuf again = Unpooled.copiedBuffer(written, StandardCharsets.ISO_8859_1);
      Http2Headers back = new DefaultHttp2Headers(false);
      Http2Fields.request(again, String.valueOf(fields.scheme()), back);
      assertThat(regular(back)).as(written).isEqualTo(regular(fields));
      assertThat(back.path()).as(written).hasToString(String.valueOf(fields.path()));
    }
    assertThat(whole).isGreaterThan(ROUNDS / 4);
  }

  /** Fields without those that the translation makes, joins or moves, in order. */
  private static List<String> regular(Http2Headers fields) {
    List<String> all = new ArrayList<>();
    fields.forEach(field -> {
      String name = field.getKey().toString();
      boolean moved = name.startsWith(":") || name.equals("host") || name.equals("cookie");
      if (!moved && !name.equals("te") && !name.equals("content-length")) {
        all.add(name + "=" + field.getValue());
      }
    });
    return all;
  }

  @Test
  void anAnswersHeadIsReadToItsEndAndTellsTheSame() {
    int whole = 0;
    for (int round = 0; round < ROUNDS; round++) {
      Http2Headers fields = new DefaultHttp2Headers(false);
      if (mostly()) {
        fields.add(":status", mostly() ? "200" : any(VALUES));
      }
      addRegular(fields);
      ByteBuf out = Unpooled.buffer();
      if (Http2Heads.answer(fields, random.nextBoolean(), false, out) != Fault.NONE) {
        continue;
      }
      String written = out.toString(StandardCharsets.ISO_8859_1);
      Http2Headers back = new DefaultHttp2Headers(false);
      Http2Fields.answer(out, back);
      ResponseHead head = new ResponseHead(4096);
      Head.Verdict verdict = head.feed(out);
      assertThat(verdict).as(written).isNotEqualTo(Head.Verdict.INCOMPLETE);
      whole++;
      assertThat(regular(back)).as(written).isEqualTo(regular(fields));
      assertThat(back.status()).as(written).hasToString(String.valueOf(fields.status()));
    }
    assertThat(whole).isGreaterThan(ROUNDS / 4);
  }
}
