package dev.terrace.kv.resp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RequestParserTest {

  private static final RequestParser.Limits LIMITS = new RequestParser.Limits(1000, 64 * 1024);

  private static List<List<String>> parse(byte[] bytes, int... cuts) throws ProtocolError {
    RequestParser parser = new RequestParser();
    ByteBuf in = Unpooled.buffer();
    List<List<String>> commands = new ArrayList<>();
    int from = 0;
    for (int i = 0; i <= cuts.length; i++) {
      int to = i < cuts.length ? cuts[i] : bytes.length;
      in.writeBytes(bytes, from, to - from);
      from = to;
      for (byte[][] c = parser.next(in, LIMITS); c != null; c = parser.next(in, LIMITS)) {
        commands.add(
            Arrays.stream(c).map(w -> new String(w, StandardCharsets.ISO_8859_1)).toList());
      }
    }
    in.release();
    return commands;
  }

  private static List<List<String>> parse(String text) throws ProtocolError {
    return parse(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  private static void broken(String text, String reason) {
    assertThatThrownBy(() -> parse(text))
        .isInstanceOf(ProtocolError.class)
        .hasMessageContaining(reason);
  }

  @Test
  void arraysOfBulkStrings() throws Exception {
    assertThat(parse("*2\r\n$3\r\nGET\r\n$0\r\n\r\n*1\r\n$4\r\nP\r\nG\r\n*0\r\n*-1\r\n"))
        .containsExactly(List.of("GET", ""), List.of("P\r\nG"), List.of(), List.of());
  }

  @Test
  void inlineCommands() throws Exception {
    assertThat(parse("PING\r\n\r\nset k \"a b\\x41\\n\" 'it\\'s'\nget  k \r\n"))
        .containsExactly(
            List.of("PING"), List.of(), List.of("set", "k", "a bA\n", "it's"), List.of("get", "k"));
    broken("set k \"a\r\n", "unbalanced quotes");
    broken("set k \"a\"b\r\n", "unbalanced quotes");
    broken("x".repeat(70_000), "too big inline request");
  }

  @Test
  void whatIsNoCommandIsRefusedAtOnce() {
    broken("*1\r\n+PING\r\n", "expected '$', got '+'");
    broken("*1001\r\n", "invalid multibulk length");
    broken("*99999999999999999999\r\n", "invalid multibulk length");
    broken("*x\r\n", "invalid multibulk length");
    broken("*\r\n", "invalid multibulk length");
    broken("*1\n", "invalid multibulk length");
    broken("*1\r\n$-1\r\n", "invalid bulk length");
    broken("*1\r\n$65537\r\n", "invalid bulk length");
    broken("*1\r\n$2147483648\r\n", "invalid bulk length");
    broken("*1\r\n$1\r\nabc", "must end with CR LF");
    broken("*" + "1".repeat(40), "invalid multibulk length");
    broken("*9\r\n" + ("$60000\r\n" + "x".repeat(60000) + "\r\n").repeat(8), "too big a command");
  }

  /** Whatever the cuts, the same commands come out; seeded, so that a failure can be had again. */
  @Test
  void cutAnywhereSameCommands() throws Exception {
    long seed = 20261123;
    Random random = new Random(seed);
    for (int round = 0; round < 300; round++) {
      StringBuilder text = new StringBuilder();
      List<List<String>> expected = new ArrayList<>();
      for (int i = random.nextInt(1, 6); i > 0; i--) {
        List<String> words = new ArrayList<>();
        for (int j = random.nextInt(1, 40); j > 0; j--) {
          byte[] word = new byte[random.nextInt(0, 40)];
          random.nextBytes(word);
          words.add(new String(word, StandardCharsets.ISO_8859_1));
        }
        expected.add(words);
        text.append('*').append(words.size()).append("\r\n");
        words.forEach(w -> text.append('$').append(w.length()).append("\r\n" + w + "\r\n"));
      }
      byte[] bytes = text.toString().getBytes(StandardCharsets.ISO_8859_1);
      int[] cuts = random.ints(random.nextInt(0, 20), 0, bytes.length + 1).sorted().toArray();
      assertThat(parse(bytes, cuts)).as("seed %d round %d", seed, round).isEqualTo(expected);
    }
  }

  @Test
  void garbageEndsInAnErrorOrCommandsAndNeverElsewhere() {
    long seed = 7;
    Random random = new Random(seed);
    byte[] alphabet = "*$+-:0123456789\r\n\r\nGETget \"'\\x\0".getBytes(StandardCharsets.US_ASCII);
    for (int round = 0; round < 20_000; round++) {
      byte[] bytes = new byte[random.nextInt(1, 60)];
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] = alphabet[random.nextInt(alphabet.length)];
      }
      try {
        parse(bytes);
      } catch (ProtocolError e) {
        assertThat(e.reason()).as("seed %d round %d", seed, round).isNotEmpty();
      }
    }
  }
}
