package dev.terrace.http.access;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.terrace.http.observe.RequestText;
import dev.terrace.testkit.Seeded;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class LineFormatTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  private static AccessEntry entry(String path, byte[] agent) {
    byte[] method = "GET".getBytes(StandardCharsets.ISO_8859_1);
    byte[] host = "shop".getBytes(StandardCharsets.ISO_8859_1);
    byte[] target = path.getBytes(StandardCharsets.ISO_8859_1);
    int hostEnd = method.length + host.length;
    int targetEnd = hostEnd + target.length;
    ByteBuffer text = ByteBuffer.allocate(targetEnd + agent.length);
    text.put(method).put(host).put(target).put(agent);
    return new AccessEntry(
        1_764_000_000_042L,
        "192.0.2.7",
        "HTTP/1.1",
        true,
        200,
        3,
        1234,
        1_234_567,
        1_000_001,
        "/api/*",
        "app",
        "127.0.0.1:9001",
        "round-robin",
        "",
        "4bf92f3577b34da6a3ce929d0e0e4736",
        2,
        List.of("UNREACHABLE 127.0.0.1:1"),
        new RequestText(text.array(), method.length, hostEnd, targetEnd, targetEnd));
  }

  private static String line(LineFormat format, AccessEntry entry) {
    LineBuffer out = new LineBuffer();
    format.write(entry, out);
    try {
      // Strict: it must be UTF-8 whatever came in.
      return StandardCharsets.UTF_8.newDecoder().decode(out.written()).toString();
    } catch (CharacterCodingException e) {
      throw new AssertionError(e);
    }
  }

  private static String line(LineFormat format, String path, String agent) {
    return line(format, entry(path, agent.getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void jsonSaysAllThereIs() {
    assertThat(line(new JsonLine(), "/api/a?b=c", "curl"))
        .isEqualTo(
            "{\"time\":\"2025-11-24T16:00:00.042Z\",\"client\":\"192.0.2.7\","
                + "\"protocol\":\"HTTP/1.1\",\"tls\":true,\"method\":\"GET\",\"host\":\"shop\","
                + "\"path\":\"/api/a?b=c\",\"status\":200,\"bytes_in\":3,\"bytes_out\":1234,"
                + "\"seconds\":0.001234,\"first_byte_seconds\":0.001000,\"route\":\"/api/*\","
                + "\"pool\":\"app\",\"member\":\"127.0.0.1:9001\",\"policy\":\"round-robin\",\"trace\":\"4bf92f3577b34da6a3ce929d0e0e4736\",\"attempts\":2,\"failures\":[\"UNREACHABLE"
                + " 127.0.0.1:1\"],\"user_agent\":\"curl\"}\n");
  }

  @Test
  void theCommonFormatsAreApaches() {
    String common = "192.0.2.7 - - [24/Nov/2025:16:00:00 +0000] \"GET /a HTTP/1.1\" 200 1234";
    assertThat(line(new CommonLine(false), "/a", "curl")).isEqualTo(common + "\n");
    assertThat(line(new CommonLine(true), "/a", "curl")).isEqualTo(common + " \"-\" \"curl\"\n");
    assertThat(line(new CommonLine(true), "/a", "")).isEqualTo(common + " \"-\" \"-\"\n");
  }

  @Test
  void aClientCannotForgeALine() {
    String forged = "x\" 200 1\r\n10.0.0.1 - - [now] \"GET /admin\\";
    assertThat(line(new CommonLine(true), "/", forged))
        .endsWith("\"x\\\" 200 1\\x0d\\x0a10.0.0.1 - - [now] \\\"GET /admin\\\\\"\n")
        .containsOnlyOnce("\n");
    assertThat(line(new JsonLine(), "/", "\",\"status\":500,\"x\":\"\n{"))
        .endsWith("\"user_agent\":\"\\\",\\\"status\\\":500,\\\"x\\\":\\\"\\u000a{\"}\n");
  }

  @Test
  void whatSteersATerminalOrTurnsTextBecomesAnEscape() {
    assertThat(line(new JsonLine(), "/", "\u001b[2J\u009b1m\u202eab\u2028\u007f"))
        .endsWith("\"\\u001b[2J\\u009b1m\\u202eab\\u2028\\u007f\"}\n");
    assertThat(line(new CommonLine(true), "/", "\u001b[2J\u007fä"))
        .endsWith("\"\\x1b[2J\\x7f\\xc3\\xa4\"\n");
    assertThat(line(new JsonLine(), "/", "grüße 😀")).endsWith("\"grüße 😀\"}\n");
  }

  @Test
  void brokenUtf8IsReplaced() {
    // Overlong, a surrogate, beyond the last, a lone continuation, cut off.
    int[] broken = {0xC0, 0xAF, 0xED, 0xA0, 0x80, 0xF4, 0x90, 0x80, 0x80, 0x80, 'a', 0xE2, 0x82};
    byte[] agent = new byte[broken.length];
    for (int i = 0; i < broken.length; i++) {
      agent[i] = (byte) broken[i];
    }
    assertThat(line(new JsonLine(), entry("/", agent)))
        .endsWith("\"" + "\\ufffd".repeat(10) + "a" + "\\ufffd".repeat(2) + "\"}\n");
  }

  @Test
  void anyBytesMakeOneLineThatCanBeRead() throws JsonProcessingException {
    Seeded random = Seeded.of(7);
    LineFormat json = new JsonLine();
    LineFormat combined = new CommonLine(true);
    for (int i = 0; i < 20_000; i++) {
      byte[] agent = new byte[random.nextInt(40)];
      random.nextBytes(agent);
      String one = line(json, entry("/", agent));
      assertThat(one.strip()).doesNotContain("\n").doesNotContain("\r");
      JsonNode read = JSON.readTree(one);
      assertThat(read.path("status").asInt()).isEqualTo(200);
      assertThat(read.path("user_agent").asText())
          .isEqualTo(new String(agent, StandardCharsets.UTF_8).isEmpty() ? "" : text(agent));
      assertThat(line(combined, entry("/", agent))).matches("[ -~]*\n");
    }
  }

  /** What the JDK reads, one replacement for each byte that it cannot. */
  private static String text(byte[] utf8) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < utf8.length; ) {
      int length = utf8[i] >= 0 ? 1 : Math.max(1, Utf8.length(utf8, i, utf8.length));
      text.append(new String(utf8, i, length, StandardCharsets.UTF_8));
      i += length;
    }
    return text.toString();
  }
}
