package dev.terrace.core.place;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** That the order and the hash are PostgreSQL's is checked beside a real one in testkit. */
class DecimalTest {

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "-0.000, 0",
    "0e9, 0",
    "00012, 12",
    "+12., 12",
    ".5, 0.5",
    "-1.500, -1.5",
    "1e3, 1000",
    "12.34E1, 123.4",
    "12.34e-3, 0.01234",
    "100000, 100000",
    "nan, NaN",
    "INF, Infinity",
    "+Infinity, Infinity",
    "-inf, -Infinity"
  })
  void everyNotationIsTheSameNumber(String text, String plain) {
    Decimal value = Decimal.read(text).orElseThrow();
    assertThat(value.text()).isEqualTo(plain);
    assertThat(Decimal.read(plain)).contains(value);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "-",
        ".",
        "+.",
        "1.2.3",
        "1e",
        "1e+",
        "e5",
        "1 2",
        "0x1F",
        "1_000",
        "--1",
        "1e9999999999",
        "1e131072",
        "1e-16384",
        "٤",
        "infinit",
        "-nan",
        "1f"
      })
  void whatIsNoPlainNumberIsNotRead(String text) {
    assertThat(Decimal.read(text)).isEmpty();
  }

  @Test
  void numbersAreInOrder() {
    List<String> ascending =
        List.of(
            "-Infinity",
            "-1e9",
            "-10.01",
            "-10",
            "-9.9",
            "-0.02",
            "-0.019",
            "0",
            "1e-9",
            "0.1",
            "0.12",
            "0.2",
            "1",
            "1.5",
            "9",
            "10",
            "10.5",
            "1e9",
            "Infinity",
            "NaN");
    for (int i = 0; i < ascending.size(); i++) {
      for (int j = 0; j < ascending.size(); j++) {
        Decimal a = Decimal.read(ascending.get(i)).orElseThrow();
        Decimal b = Decimal.read(ascending.get(j)).orElseThrow();
        assertThat(Integer.signum(a.compareTo(b)))
            .as(a.text() + " " + b.text())
            .isEqualTo(Integer.compare(i, j));
      }
    }
  }

  /** Numbers of every size, as Java's own decimals have them. */
  @Test
  void drawnNumbersAreReadComparedAndShownAsJavaDoes() {
    SplittableRandom random = new SplittableRandom(1700);
    List<BigDecimal> drawn = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      long digits = random.nextLong() >> random.nextInt(64);
      drawn.add(BigDecimal.valueOf(digits, random.nextInt(-12, 30)));
    }
    for (BigDecimal a : drawn) {
      Decimal value = Decimal.read(a.toString()).orElseThrow();
      assertThat(value.text()).isEqualTo(a.stripTrailingZeros().toPlainString());
      assertThat(Decimal.read(a.toPlainString())).contains(value);
      for (BigDecimal b : drawn) {
        assertThat(Integer.signum(value.compareTo(Decimal.read(b.toString()).orElseThrow())))
            .isEqualTo(a.compareTo(b));
      }
    }
    assertThat(Decimal.of(Long.MIN_VALUE))
        .isEqualTo(Decimal.read("" + Long.MIN_VALUE).orElseThrow());
  }

  private static ByteBuffer binary(int weight, int sign, int scale, int... digits) {
    ByteBuffer binary = ByteBuffer.allocate(8 + 2 * digits.length);
    binary.putShort((short) digits.length).putShort((short) weight);
    binary.putShort((short) sign).putShort((short) scale);
    for (int digit : digits) {
      binary.putShort((short) digit);
    }
    return binary.flip();
  }

  private static String read(ByteBuffer binary) {
    return Decimal.read(binary).map(Decimal::text).orElse("unread");
  }

  @Test
  void theBinaryFormatIsRead() {
    assertThat(read(binary(0, 0, 0, 42))).isEqualTo("42");
    assertThat(read(binary(1, 0x4000, 3, 1, 2345, 6700))).isEqualTo("-12345.67");
    assertThat(read(binary(-1, 0, 6, 1, 500))).isEqualTo("0.000105");
    assertThat(read(binary(2, 0, 0, 7))).isEqualTo("700000000");
    assertThat(read(binary(0, 0, 2))).isEqualTo("0");
    assertThat(read(binary(0, 0xC000, 0))).isEqualTo("NaN");
    assertThat(read(binary(0, 0xD000, 0))).isEqualTo("Infinity");
    assertThat(read(binary(0, 0xF000, 0))).isEqualTo("-Infinity");
    // More digits than the scale shows: PostgreSQL cuts them off.
    assertThat(read(binary(0, 0, 1, 1, 9999))).isEqualTo("1.9");
  }

  @Test
  void otherBytesAreNoNumber() {
    assertThat(read(binary(0, 0, 0, 10_000))).isEqualTo("unread");
    assertThat(read(binary(0, 0, 0, -1))).isEqualTo("unread");
    assertThat(read(binary(0, 1, 0, 1))).isEqualTo("unread");
    assertThat(read(binary(0, 0, 0x4000, 1))).isEqualTo("unread");
    assertThat(read(ByteBuffer.wrap(new byte[7]))).isEqualTo("unread");
    assertThat(read(ByteBuffer.wrap(new byte[9]))).isEqualTo("unread");
    SplittableRandom random = new SplittableRandom(1701);
    for (int i = 0; i < 20_000; i++) {
      byte[] bytes = new byte[random.nextInt(24)];
      random.nextBytes(bytes);
      if (bytes.length > 1 && random.nextInt(4) > 0) {
        bytes[0] = 0;
        bytes[1] = (byte) ((bytes.length - 8) / 2);
      }
      Decimal.read(ByteBuffer.wrap(bytes))
          .ifPresent(value -> assertThat(Decimal.read(value.text())).contains(value));
    }
  }
}
