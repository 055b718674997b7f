package dev.terrace.core.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Expressions over paths, and queries: texts that strangers write. */
class RouteTextTest {

  @Test
  @Timeout(10)
  void givesUpExpressionsThatTakeTooLong() {
    for (String one : List.of("/(a+)+b", "/(a|aa)+b", "/(.*,)*x", "/(a|b|[ab])*c")) {
      PathRegex regex = PathRegex.of(one);
      assertThat(regex.matches("/" + "ab,a".repeat(5000))).as(one).isFalse();
      assertThat(regex.matches("/" + "a".repeat(60))).as(one).isFalse();
    }
    PathRegex slow = PathRegex.of("/(.*)(.*)(.*)(.*)(.*)b");
    assertThat(slow.matches("/" + "a".repeat(60))).isFalse();
    assertThat(slow.givenUp()).isEqualTo(1);
    assertThat(slow.matches("/aab")).isTrue();
    assertThat(slow.givenUp()).isEqualTo(1);
    PathRegex deep = PathRegex.of("/(a|b)*");
    deep.matches("/" + "ab".repeat(20_000)); // whatever comes of it, the stack holds
  }

  @Test
  void expressionsMatchTheWholePath() {
    assertThat(PathRegex.of("/u/(\\d+)").matches("/u/42")).isTrue();
    assertThat(PathRegex.of("/u/(\\d+)").matches("/u/42/x")).isFalse();
    assertThat(PathRegex.of("^/u/(\\d+)$").matches("/u/42")).isTrue();
    assertThatThrownBy(() -> PathRegex.of("/u/(")).hasMessageContaining("not a regular expression");
  }

  @ParameterizedTest
  @CsvSource({
    "a=1&b=2, a, 1",
    "a=1&b=2, b, 2",
    "a=1&a=2, a, 1",
    "a, a, ''",
    "a=, a, ''",
    "a=b=c, a, b=c",
    "%61=x%20y+z, a, x y z",
    "a=%c3%A9, a, é",
    "a=%zz%2, a, %zz%2",
    "&&a=1, a, 1",
    "ab=1, a,",
    "'', a,",
  })
  void findsQueryParameters(String query, String name, String value) {
    CharSequence found = QueryText.first(query, name);
    assertThat(found == null ? null : found.toString()).isEqualTo(value);
  }
}
