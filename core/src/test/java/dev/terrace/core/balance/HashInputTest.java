package dev.terrace.core.balance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HashInputTest {

  @Test
  void whatTheFileWritesIsReadAndWrittenBack() {
    Map<String, HashInput> known =
        Map.of(
            "client-ip", new HashInput.ClientAddress(),
            "path", new HashInput.Path(),
            "header:X-User", new HashInput.Header("X-User"),
            "cookie:a:b", new HashInput.Cookie("a:b"),
            "query:id", new HashInput.Query("id"));
    known.forEach((text, input) -> {
      assertThat(HashInput.parse(text)).isEqualTo(input);
      assertThat(input.text()).isEqualTo(text);
    });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "ip",
        "ip-hash",
        "header",
        "header:",
        "path:x",
        "client-ip:1",
        ":x",
        "query:a b"
      })
  void anythingElseIsRefusedWithTheKnownForms(String text) {
    assertThatThrownBy(() -> HashInput.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "'" + text + "' is not client-ip, path, header:NAME, cookie:NAME or query:NAME");
  }
}
