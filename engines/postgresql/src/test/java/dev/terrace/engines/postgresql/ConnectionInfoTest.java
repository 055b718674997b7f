package dev.terrace.engines.postgresql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.terrace.core.pool.Address;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ConnectionInfoTest {

  @Test
  void onlyTheServerIsReplaced() {
    ConnectionInfo info =
        ConnectionInfo.parse(
            "user = rep  password='it\\'s \\\\ ok' host=a hostaddr=10.0.0.1 port=5432");
    assertThat(info.values()).containsEntry("password", "it's \\ ok").containsEntry("user", "rep");
    ConnectionInfo moved = info.to(new Address("b", 6000));
    assertThat(moved.values())
        .containsEntry("host", "b")
        .containsEntry("port", "6000")
        .containsEntry("password", "it's \\ ok")
        .doesNotContainKey("hostaddr");
    assertThat(ConnectionInfo.parse(moved.toString())).isEqualTo(moved);
  }

  @Test
  void whatIsWrittenIsRead() {
    Random random = new Random(3);
    for (int round = 0; round < 2000; round++) {
      StringBuilder value = new StringBuilder();
      for (int i = random.nextInt(8); i > 0; i--) {
        value.append("ab '\\=\t".charAt(random.nextInt(7)));
      }
      ConnectionInfo info = new ConnectionInfo(Map.of("password", value.toString()));
      assertThat(ConnectionInfo.parse(info.toString())).isEqualTo(info);
    }
  }

  @Test
  void otherFormsAreRefused() {
    for (String text : List.of("postgresql://a:5432/", "host", "host='a", "=a")) {
      assertThatThrownBy(() -> ConnectionInfo.parse(text))
          .as(text)
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertThat(ConnectionInfo.parse(" ").values()).isEmpty();
  }
}
