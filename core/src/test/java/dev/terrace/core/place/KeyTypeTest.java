package dev.terrace.core.place;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.LocalDate;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KeyTypeTest {

  @Test
  void textIsReadAsItsType() {
    assertThat(KeyType.BIGINT.parse(" -42 ")).isEqualTo(new Key.Whole(-42));
    assertThat(KeyType.BIGINT.parse("+42")).isEqualTo(new Key.Whole(42));
    assertThat(KeyType.BIGINT.parse("-9223372036854775808"))
        .isEqualTo(new Key.Whole(Long.MIN_VALUE));
    assertThat(KeyType.BPCHAR.parse(" x  ")).isEqualTo(KeyType.BPCHAR.parse(" x"));
    assertThat(KeyType.BYTEA.parse("\\xFF")).isEqualTo(Key.Bytes.of(new byte[] {-1}));
    assertThat(KeyType.TEXT.parse(" x ")).isEqualTo(new Key.Text(" x "));
    String uuid = "A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11";
    assertThat(KeyType.UUID.parse(uuid)).isEqualTo(new Key.Uuid(UUID.fromString(uuid)));
    for (String form :
        List.of(
            "{a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11}",
            "a0eebc999c0b4ef8bb6d6bb9bd380a11",
            "a0ee-bc99-9c0b-4ef8-bb6d-6bb9-bd38-0a11",
            "{a0eebc99-9c0b4ef8-bb6d6bb9-bd380a11}")) {
      assertThat(KeyType.UUID.parse(form)).isEqualTo(KeyType.UUID.parse(uuid));
    }
    assertThat(KeyType.NUMERIC.parse(" 1.50 ")).isEqualTo(KeyType.NUMERIC.parse("15e-1"));
    assertThat(KeyType.DATE.parse("2026-02-28")).isEqualTo(new Key.Day(LocalDate.of(2026, 2, 28)));
  }

  @Test
  void aKeyShowsItsTextAndType() {
    for (KeyType type : KeyType.values()) {
      String text =
          switch (type) {
            case BIGINT -> "7";
            case NUMERIC -> "-7.5";
            case TEXT -> "seven";
            case BPCHAR -> "sev en";
            case BYTEA -> "\\x00ff";
            case BOOLEAN -> "true";
            case UUID -> "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11";
            case DATE -> "2026-01-31";
            case TIMESTAMP -> "2026-01-31 10:20:30.5";
            case TIMESTAMPTZ -> "2026-01-31 10:20:00+00";
          };
      assertThat(type.parse(text).text()).isEqualTo(text);
      assertThat(type.parse(text).type()).isEqualTo(type);
      assertThat(type.sqlName()).isEqualTo(type.name().toLowerCase(java.util.Locale.ROOT));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "BIGINT, 1.5, is not a whole number",
    "BIGINT, '', is not a whole number",
    "BIGINT, 9223372036854775808, is not a whole number",
    "BIGINT, \u0664\u0662, is not a whole number",
    "NUMERIC, 1.2.3, is not a number",
    "NUMERIC, \u0664\u0662, is not a number",
    "BYTEA, ab, is not a bytea",
    "BYTEA, \\xa, is not a bytea",
    "BOOLEAN, maybe, is not a boolean",
    "UUID, a0eebc99, is not a uuid",
    "UUID, '', is not a uuid",
    "UUID, {a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11, is not a uuid",
    "UUID, a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11-, is not a uuid",
    "UUID, a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a1g, is not a uuid",
    "UUID, a0eebc999-c0b-4ef8-bb6d-6bb9bd380a11, is not a uuid",
    "DATE, 2026-02-30, is not a date",
    "DATE, yesterday, is not a date",
  })
  void textOfAnotherTypeIsRefused(KeyType type, String text, String why) {
    assertThatThrownBy(() -> type.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'" + text + "'")
        .hasMessageContaining(why);
  }
}
