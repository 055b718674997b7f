package dev.terrace.config.shape;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrace.config.Size;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UnitsTest {

  @ParameterizedTest
  @CsvSource({
    "0s, 0",
    "0ms, 0",
    "1ms, 1",
    "250ms, 250",
    "1000ms, 1000",
    "90s, 90000",
    "60s, 60000",
    "10m, 600000",
    "1h, 3600000",
    "24h, 86400000",
    "1d, 86400000",
    "36500d, 3153600000000"
  })
  void durations(String text, long millis) {
    Duration duration = Durations.parse(text);
    assertThat(duration).isEqualTo(Duration.ofMillis(millis));
    assertThat(Durations.parse(Durations.format(duration))).isEqualTo(duration);
  }

  @ParameterizedTest
  @CsvSource({"90s, 90s", "60s, 1m", "1500ms, 1500ms", "48h, 2d", "0ms, 0s"})
  void durationsInTheirShortestForm(String text, String shortest) {
    assertThat(Durations.format(Durations.parse(text))).isEqualTo(shortest);
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0, 0",
    "512, 512, 512",
    "1KB, 1024, 1KB",
    "1024, 1024, 1KB",
    "1536, 1536, 1536",
    "64KB, 65536, 64KB",
    "2048MB, 2147483648, 2GB",
    "3GB, 3221225472, 3GB",
    "1TB, 1099511627776, 1TB"
  })
  void sizes(String text, long bytes, String shortest) {
    assertThat(Sizes.parse(text)).isEqualTo(new Size(bytes));
    assertThat(Sizes.format(new Size(bytes))).isEqualTo(shortest);
  }

  @ParameterizedTest
  @CsvSource({"RoundRobin, round-robin", "maxLag, max-lag", "IO_URING, io-uring", "ttl, ttl"})
  void keysInKebabCase(String name, String key) {
    assertThat(RecordShape.kebab(name)).isEqualTo(key);
  }
}
