package dev.terrace.core.freshness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.terrace.core.freshness.ReadAfter.Malformed;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;

class ReadAfterTest {

  private static LogMark mark(int timeline, long lsn) {
    return new LogMark(timeline, new Lsn(lsn));
  }

  private static ReadAfter random(Random random) {
    ReadAfter token = ReadAfter.NONE;
    int marks = random.nextInt(1, 9);
    for (int i = 0; i < marks; i++) {
      int shard = random.nextInt(1 << random.nextInt(1, 17));
      int timeline = 1 + random.nextInt(1 << random.nextInt(1, 31));
      token =
          token.with(shard, mark(Math.max(1, timeline), random.nextLong() >>> random.nextInt(64)));
    }
    return token;
  }

  @Test
  void whatIsWrittenIsRead() throws Malformed {
    assertThat(ReadAfter.NONE.text()).isEmpty();
    assertThat(ReadAfter.parse("")).isEqualTo(ReadAfter.NONE);
    for (int shard : new int[] {0, 1, 127, 128, ReadAfter.SHARDS_MAX - 1}) {
      for (int timeline : new int[] {1, 127, 128, Integer.MAX_VALUE}) {
        for (long lsn : new long[] {0, 1, 127, 128, Long.MAX_VALUE, -1, Long.MIN_VALUE}) {
          ReadAfter token = ReadAfter.NONE.with(shard, mark(timeline, lsn));
          assertThat(ReadAfter.parse(token.text())).isEqualTo(token);
          assertThat(token.text()).matches("[A-Za-z0-9_-]+");
        }
      }
    }
    Random random = new Random(7);
    for (int round = 0; round < 2000; round++) {
      ReadAfter token = random(random);
      assertThat(ReadAfter.parse(token.text())).isEqualTo(token);
    }
  }

  @Test
  void ofAFewShardsItIsShort() {
    ReadAfter token = ReadAfter.NONE.with(0, mark(3, Lsn.parse("16/B374D848").bytes()));
    assertThat(token.text().length()).isLessThan(20);
  }

  @Test
  void aTextThatWasCutOrChangedIsRefused() {
    Random random = new Random(11);
    int taken = 0;
    for (int round = 0; round < 60; round++) {
      String text = random(random).text();
      for (int end = 1; end < text.length(); end++) {
        taken += taken(text.substring(0, end));
      }
      for (int at = 0; at < text.length(); at++) {
        for (char other : "Aa0-_=+/ .é".toCharArray()) {
          if (text.charAt(at) != other) {
            taken += taken(text.substring(0, at) + other + text.substring(at + 1));
          }
        }
      }
    }
    // Two bytes of check sum let one change of 65,536 through.
    assertThat(taken).isLessThanOrEqualTo(2);
  }

  private static int taken(String text) {
    try {
      ReadAfter.parse(text);
      return 1;
    } catch (Malformed e) {
      assertThat(e.reason()).startsWith("it");
      return 0;
    }
  }

  /** With a check sum that fits, so that what is behind it is reached. */
  private static String checked(int... bytes) {
    byte[] all = new byte[bytes.length + 2];
    for (int i = 0; i < bytes.length; i++) {
      all[i] = (byte) bytes[i];
    }
    CRC32 crc = new CRC32();
    crc.update(all, 0, bytes.length);
    all[bytes.length] = (byte) (crc.getValue() >> 8);
    all[bytes.length + 1] = (byte) crc.getValue();
    return Base64.getUrlEncoder().withoutPadding().encodeToString(all);
  }

  @Test
  void everyMalformedTokenHasItsReason() throws Malformed {
    assertThat(ReadAfter.parse(checked(1, 0, 1, 5))).isEqualTo(ReadAfter.NONE.with(0, mark(1, 5)));
    for (var wrong :
        List.of(
            List.of(checked(2, 0, 1, 5), "version 2"),
            List.of(checked(1, 0, 1), "within a number"),
            List.of(checked(1, 0, 1, 0x85), "within a number"),
            List.of(checked(1, 0, 0, 5), "no timeline 0"),
            List.of(checked(1, 0, 1, 5, 0, 1, 6), "not in order"),
            List.of(checked(1, 0x80, 0x80, 0x08, 1, 5), "not in order"),
            List.of(checked(1, 0, 0x81, 0x00, 5), "too long"),
            List.of(checked(1, 0, 1, 255, 255, 255, 255, 255, 255, 255, 255, 255, 2), "too large"),
            List.of("AA", "too short"),
            List.of("A B", "characters"),
            List.of("x".repeat(2 << 20), "too long"))) {
      assertThatThrownBy(() -> ReadAfter.parse(wrong.get(0)))
          .as(wrong.get(1))
          .isInstanceOf(Malformed.class)
          .hasMessageContaining(wrong.get(1));
    }
  }

  @Test
  void randomTextsNeverDoAnythingElse() {
    Random random = new Random(13);
    String letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=+ ";
    for (int round = 0; round < 20_000; round++) {
      StringBuilder text = new StringBuilder();
      int length = 1 + random.nextInt(40);
      for (int i = 0; i < length; i++) {
        text.append(letters.charAt(random.nextInt(letters.length())));
      }
      taken(text.toString());
    }
  }

  @Test
  void theLaterOfTwoCounts() {
    ReadAfter one = ReadAfter.NONE.with(0, mark(1, 50)).with(1, mark(2, 5));
    ReadAfter two = ReadAfter.NONE.with(0, mark(1, 40)).with(1, mark(3, 1)).with(7, mark(1, 1));
    ReadAfter both = one.and(two);
    assertThat(both).isEqualTo(two.and(one));
    assertThat(both.of(0)).contains(mark(1, 50));
    assertThat(both.of(1)).contains(mark(3, 1));
    assertThat(both.of(7)).contains(mark(1, 1));
    assertThat(both.of(2)).isEmpty();
  }
}
