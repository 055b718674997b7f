package dev.terrace.core.place;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MomentsTest {

  @ParameterizedTest
  @CsvSource({
    "2000-01-01, 0",
    "2000-01-01 00:00, 0",
    "2000-01-01T00:00:01, 1000000",
    "2000-01-01 00:00:00.000001, 1",
    "2000-01-01 00:00:00.1, 100000",
    "1999-12-31 23:59:59.999999, -1",
    "2000-01-02 00:00:00+02, 86400000000"
  })
  void withoutATimeZoneItIsWhatTheTextSays(String text, long micros) {
    assertThat(Moments.read(text).orElseThrow().as(KeyType.TIMESTAMP))
        .contains(new Key.Moment(KeyType.TIMESTAMP, micros));
  }

  @ParameterizedTest
  @CsvSource({
    "2000-01-01 00:00:00Z, 0",
    "2000-01-01 02:00:00+02, 0",
    "2000-01-01 02:00:00 +02, 0",
    "1999-12-31 19:30:00-0430, 0",
    "2000-01-01 00:00:30+00:00:30, 0",
    "1999-12-31T23:59-00:01, 0"
  })
  void withATimeZoneItIsTheMoment(String text, long micros) {
    assertThat(Moments.read(text).orElseThrow().as(KeyType.TIMESTAMPTZ))
        .contains(new Key.Moment(KeyType.TIMESTAMPTZ, micros));
  }

  @Test
  void whereTheTimeZoneIsTheReadersItIsNotKnown() {
    assertThat(Moments.read("2000-01-01 00:00:00").orElseThrow().as(KeyType.TIMESTAMPTZ)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "2000-1-1",
        "0000-01-01",
        "2000-02-30",
        "2000-01-01 24:00:00",
        "2000-01-01 00:00:60",
        "2000-01-01 00:00:00.1234567",
        "2000-01-01 00:00:00 PST",
        "2000-01-01 00:00:00+25",
        "2000-01-01+02",
        "now",
        "infinity",
        "\u0662000-01-01"
      })
  void otherFormsAreNotGuessed(String text) {
    assertThat(Moments.read(text)).isEmpty();
  }

  @Test
  void aKeysTextIsReadAsTheKey() {
    SplittableRandom random = new SplittableRandom(5);
    for (int i = 0; i < 5000; i++) {
      // From the years 1 to 9999, some to the second, some to the minute.
      long micros = random.nextLong(-63_082_281_600_000_000L, 252_455_616_000_000_000L);
      long unit = new long[] {1, 1_000_000, 60_000_000}[random.nextInt(3)];
      for (KeyType type : new KeyType[] {KeyType.TIMESTAMP, KeyType.TIMESTAMPTZ}) {
        Key key = new Key.Moment(type, micros - Math.floorMod(micros, unit));
        assertThat(type.parse(key.text())).as(key.text()).isEqualTo(key);
      }
    }
  }

  @Test
  void aFileSaysTheTimeZoneWhereThereIsOne() {
    assertThatThrownBy(() -> KeyType.TIMESTAMP.parse("2026-01-01 00:00:00+00"))
        .hasMessageContaining("is not a timestamp, as in 2026-01-31 10:20:30");
    assertThatThrownBy(() -> KeyType.TIMESTAMPTZ.parse("2026-01-01 00:00:00"))
        .hasMessageContaining("is not a timestamptz, as in 2026-01-31 10:20:30+00");
  }
}
