package dev.terrace.kv.pass;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrace.testkit.Seeded;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class ReplyScannerTest {

  private static ByteBuf bytes(String text) {
    return Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1);
  }

  private static void value(RandomGenerator random, int depth, StringBuilder out) {
    int kind = random.nextInt(depth > 6 ? 10 : 15);
    switch (kind) {
      case 0 -> out.append("+OK\r\n");
      case 1 -> out.append("-ERR no $5\r\n");
      case 2 -> out.append(":-12\r\n");
      case 3 -> out.append("_\r\n");
      case 4 -> out.append(random.nextBoolean() ? "$-1\r\n" : "*-1\r\n");
      case 5 -> out.append(",3.14\r\n#t\r\n", 0, 7);
      case 6 -> out.append("(3492890328409238509324850943850943825024385\r\n");
      case 7, 8, 9 -> {
        String text = "*3\r\n$".repeat(random.nextInt(0, 9));
        String sign = "$=!".substring(kind - 7, kind - 6);
        out.append(sign).append(text.length()).append("\r\n").append(text).append("\r\n");
      }
      case 10, 11 -> values(random, depth, out, kind == 10 ? '*' : '~', 1);
      case 12 -> values(random, depth, out, '>', 1);
      case 13 -> values(random, depth, out, '%', 2);
      default -> {
        values(random, depth, out, '|', 2);
        value(random, depth + 1, out);
      }
    }
  }

  private static void values(
      RandomGenerator random, int depth, StringBuilder out, char kind, int each) {
    int count = random.nextInt(0, 4);
    out.append(kind).append(count).append("\r\n");
    for (int i = 0; i < count * each; i++) {
      value(random, depth + 1, out);
    }
  }

  @Test
  void repliesEndWhereTheyEndHoweverTheyAreCut() {
    Seeded.rounds(
        20261129,
        500,
        random -> {
          StringBuilder text = new StringBuilder();
          List<Integer> ends = new ArrayList<>();
          for (int i = random.nextInt(1, 8); i > 0; i--) {
            value(random, 0, text);
            ends.add(text.length());
          }
          ByteBuf in = bytes(text.toString());
          ReplyScanner scanner = new ReplyScanner();
          List<Integer> found = new ArrayList<>();
          int at = 0;
          int to = 0;
          while (to < text.length()) {
            to = Math.min(text.length(), to + random.nextInt(1, 30));
            while (at < to) {
              int end = scanner.end(in, at, to);
              assertThat(scanner.garbage()).isFalse();
              at = end < 0 ? to : end;
              if (end > 0) {
                found.add(end);
              }
            }
          }
          assertThat(found).isEqualTo(ends);
          assertThat(scanner.within()).isFalse();
        });
  }

  @Test
  void garbageIsSeen() {
    for (String garbage :
        List.of(
            "HTTP/1.1 200 OK\r\n", "$x\r\n", "*\r\n", "$-2\r\n", "$5\n", "*99999999999999\r\n")) {
      ByteBuf in = bytes(garbage);
      ReplyScanner scanner = new ReplyScanner();
      assertThat(scanner.end(in, 0, in.writerIndex())).isEqualTo(-1);
      assertThat(scanner.garbage()).as(garbage).isTrue();
    }
  }

  @Test
  void anythingIsEitherFoundOrGarbage() {
    Seeded.rounds(
        20261130,
        2000,
        random -> {
          byte[] noise = new byte[random.nextInt(1, 60)];
          String likely = "+-:$*>%|~_#,(=!0123456789\r\n";
          for (int i = 0; i < noise.length; i++) {
            noise[i] = (byte) likely.charAt(random.nextInt(likely.length()));
          }
          ByteBuf in = Unpooled.wrappedBuffer(noise);
          ReplyScanner scanner = new ReplyScanner();
          int at = 0;
          while (at >= 0 && at < noise.length && !scanner.garbage()) {
            int end = scanner.end(in, at, noise.length);
            assertThat(end).isLessThanOrEqualTo(noise.length);
            assertThat(end == -1 || end > at).isTrue();
            at = end;
          }
        });
  }

  @Test
  void nestingDoesNotMatter() {
    ByteBuf in = bytes("*1\r\n".repeat(100_000) + "+OK\r\n+");
    assertThat(new ReplyScanner().end(in, 0, in.writerIndex())).isEqualTo(in.writerIndex() - 1);
  }
}
