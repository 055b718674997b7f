package dev.terrace.core.place;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Pinned values: a change would look for every row on another shard. That they are PostgreSQL's is
 * checked against a real one in testkit's test of the same name.
 */
class PartitionHashTest {

  private static final int MODULUS = 1_000_003;

  @ParameterizedTest
  @CsvSource({
    "0, 771668",
    "1, 875018",
    "42, 273264",
    "-1, 393471",
    "9223372036854775807, 712493",
    "-9223372036854775808, 788417"
  })
  void wholeNumbersHashToThese(long key, int remainder) {
    assertThat(PartitionHash.remainder(new Key.Whole(key), MODULUS)).isEqualTo(remainder);
  }

  @ParameterizedTest
  @CsvSource({
    "'', 22719",
    "a, 890066",
    "twelve bytes, 16207",
    "thirteen byte, 818041",
    "'Grüße, 世界 😀 and some more', 66708"
  })
  void textsHashToThese(String key, int remainder) {
    assertThat(PartitionHash.remainder(new Key.Text(key), MODULUS)).isEqualTo(remainder);
  }

  @ParameterizedTest
  @CsvSource({"0, 539320", "NaN, 539321", "1, 995642", "-1.00, 995642", "12345.678900, 650964"})
  void numbersHashToThese(String key, int remainder) {
    assertThat(PartitionHash.remainder(KeyType.NUMERIC.parse(key), MODULUS)).isEqualTo(remainder);
  }

  @Test
  void uuidsHashToThis() {
    UUID uuid = UUID.fromString("a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11");
    assertThat(PartitionHash.remainder(new Key.Uuid(uuid), MODULUS)).isEqualTo(549832);
  }
}
