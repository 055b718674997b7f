package dev.terrace.engines.memcached;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.terrace.testkit.Seeded;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Whatever a server sends is an answer or an {@link IOException}, and takes bounded memory. */
class AnswerReaderFuzzTest {

  private static final int VALUE_BYTES_MAX = 1000;

  private static final List<String> VALID =
      List.of(
          "VA 3 c17 t-1 W\r\nabc\r\n",
          "VA 0 c1 t30 Z\r\n\r\n",
          "HD c5\r\n",
          "HD\r\n",
          "NF c0\r\n",
          "EX\r\n",
          "NS\r\n",
          "MN\r\n",
          "ERROR\r\n",
          "CLIENT_ERROR bad command line format\r\n",
          "SERVER_ERROR object too large for cache\r\n",
          "STAT pid 17\r\nSTAT version 1.6.18\r\nSTAT empty\r\nEND\r\n");

  private static AnswerReader reader(byte[] bytes) {
    return new AnswerReader(new ByteArrayInputStream(bytes), VALUE_BYTES_MAX);
  }

  private static AnswerReader reader(String text) {
    return reader(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  @Test
  void validAnswersAreRead() throws Exception {
    Answer.Item item = (Answer.Item) reader(VALID.getFirst()).answer();
    assertThat(item.data()).isEqualTo("abc".getBytes(StandardCharsets.US_ASCII));
    assertThat(item.cas()).isEqualTo(17);
    assertThat(item.leftSeconds()).isEqualTo(-1);
    assertThat(item.won()).isTrue();
    assertThat(((Answer.Item) reader(VALID.get(1)).answer()).won()).isFalse();
    assertThat(reader("HD c5\r\n").answer()).isEqualTo(new Answer.Done(5));
    assertThat(reader("NF c0\r\n").answer()).isEqualTo(new Answer.NotDone());
    assertThat(reader(VALID.getLast()).statistics())
        .isEqualTo(Map.of("pid", "17", "version", "1.6.18", "empty", ""));
  }

  @Test
  void whatIsTooMuchIsRefused() {
    for (String bad :
        List.of(
            "VA 1001 c1\r\n" + "x".repeat(1001) + "\r\n",
            "VA -1 c1\r\n\r\n",
            "VA 99999999999999999999 c1\r\n",
            "VA\r\n",
            "VA 3 c1\r\nabcd\r\n",
            "VA 3 c1\r\nabc",
            "VA 3 cx\r\nabc\r\n",
            "H".repeat(5000) + "\r\n",
            "HTTP/1.1 400 Bad Request\r\n\r\n",
            "")) {
      assertThatThrownBy(() -> reader(bad).answer()).isInstanceOf(IOException.class);
    }
    assertThatThrownBy(() -> reader("STAT a b\r\n".repeat(3000)).statistics())
        .isInstanceOf(IOException.class);
    assertThatThrownBy(() -> reader("CLIENT_ERROR unauthenticated\r\n").statistics())
        .isInstanceOf(IOException.class)
        .hasMessageContaining("unauthenticated");
  }

  @Test
  void garbageIsNeverMoreThanAnException() {
    int[] read = new int[2];
    Seeded.rounds(
        5,
        50_000,
        random -> {
          String valid = random.pick(VALID) + random.pick(VALID);
          byte[] bytes =
              random.nextInt(10) == 0
                  ? random.bytes(random.nextInt(200))
                  : random.mutate(valid.getBytes(StandardCharsets.ISO_8859_1));
          AnswerReader reader = reader(bytes);
          try {
            // Ends, since every answer takes bytes.
            for (int i = 0; i <= bytes.length; i++) {
              if (random.nextBoolean()) {
                assertThat(reader.statistics()).isNotNull();
              } else if (reader.answer() instanceof Answer.Item item) {
                assertThat(item.data().length).isLessThanOrEqualTo(VALUE_BYTES_MAX);
              }
              read[0]++;
            }
            throw new AssertionError("more answers than bytes");
          } catch (IOException e) {
            assertThat(e).hasMessageMatching("[ -~]+");
            read[1]++;
          }
        });
    assertThat(read[0]).as("answers read").isGreaterThan(1000);
    assertThat(read[1]).as("ends").isGreaterThan(1000);
  }
}
