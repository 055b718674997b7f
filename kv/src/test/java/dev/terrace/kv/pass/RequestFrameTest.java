package dev.terrace.kv.pass;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrace.kv.pass.RequestFrame.Found;
import dev.terrace.kv.resp.RequestParser;
import dev.terrace.testkit.Seeded;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RequestFrameTest {

  private static final RequestParser.Limits LIMITS = new RequestParser.Limits(1000, 4096);

  private static Found scan(String text) {
    ByteBuf in = Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1);
    return new RequestFrame(Unpooled.EMPTY_BUFFER).scan(in, LIMITS);
  }

  @Test
  void wordsAreWhereTheyStand() {
    ByteBuf in =
        Unpooled.copiedBuffer("xx*2\r\n$3\r\nGet\r\n$1\r\n7\r\n*1", StandardCharsets.ISO_8859_1);
    in.skipBytes(2);
    RequestFrame frame = new RequestFrame(Unpooled.EMPTY_BUFFER);
    assertThat(frame.scan(in, LIMITS)).isEqualTo(Found.WHOLE);
    assertThat(frame.words()).isEqualTo(2);
    assertThat(frame.is(0, "GET")).isTrue();
    assertThat(frame.is(0, "GEX")).isFalse();
    assertThat(frame.number(1)).isEqualTo(7);
    assertThat(frame.number(0)).isEqualTo(-1);
    assertThat(frame.start()).isEqualTo(2);
    assertThat(frame.length()).isEqualTo(in.readableBytes() - 2);
    assertThat(in.toString(frame.head(1), 7, StandardCharsets.ISO_8859_1)).isEqualTo("$1\r\n7\r\n");
  }

  @Test
  void whatIsNoRequestIsLeftToOthers() {
    for (String other :
        List.of(
            "PING\r\n",
            "*0\r\n",
            "*-1\r\n",
            "*1001\r\n",
            "*99999999999\r\n",
            "*1\n",
            "*\r\n",
            "*1\r\n:1\r\n",
            "*1\r\n$-1\r\n",
            "*1\r\n$4097\r\n",
            "*1\r\n$1\r\nabc")) {
      assertThat(scan(other)).as(other).isEqualTo(Found.OTHER);
    }
    for (String part : List.of("*", "*1", "*1\r", "*1\r\n", "*1\r\n$", "*1\r\n$2\r\nab\r")) {
      assertThat(scan(part)).as(part).isEqualTo(Found.PART);
    }
  }

  @Test
  void itFindsWhatTheParserFindsHoweverItIsCut() {
    Seeded.rounds(
        20261128,
        300,
        random -> {
          ByteBuf all = Unpooled.buffer();
          List<List<String>> wanted = new ArrayList<>();
          for (int i = random.nextInt(1, 5); i > 0; i--) {
            List<String> words = new ArrayList<>();
            for (int w = random.nextInt(1, 90); w > 0; w--) {
              words.add("\r\n$*x".repeat(random.nextInt(0, 20)));
            }
            wanted.add(words);
            all.writeBytes(NodeLinks.request(words));
          }
          RequestFrame frame = new RequestFrame(Unpooled.EMPTY_BUFFER);
          ByteBuf in = Unpooled.buffer();
          List<List<String>> found = new ArrayList<>();
          while (all.isReadable()) {
            in.writeBytes(all, random.nextInt(1, Math.min(50, all.readableBytes()) + 1));
            while (frame.scan(in, LIMITS) == Found.WHOLE) {
              List<String> words = new ArrayList<>();
              for (byte[] word : frame.copy()) {
                words.add(new String(word, StandardCharsets.ISO_8859_1));
              }
              found.add(words);
              in.readerIndex(frame.start() + frame.length());
              frame.clear();
            }
            in.discardReadBytes();
          }
          assertThat(found).isEqualTo(wanted);
        });
  }
}
