package dev.terrace.config.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** golden/defaults.out states every default: a change of one is a change that users notice. */
class DefaultsTest {

  private static final Path GOLDEN = Path.of("src/test/resources/golden");

  @Test
  void everyDefaultIsStated() throws IOException {
    String effective = Files.readString(GOLDEN.resolve("defaults.out")).split("---\n", 2)[1];
    Map<String, List<Object>> stated = KeysOf.text(effective);
    Map<String, List<Object>> written =
        KeysOf.text(Files.readString(GOLDEN.resolve("defaults.yaml")));
    KeysOf.all()
        .forEach((key, field) -> {
          // A member's weight of 1 is not spelled out, and a PostgreSQL has no default database.
          boolean excepted = key.contains("members[]") || key.equals("stores.NAME.database");
          if (field.preset().isPresent() && !excepted) {
            assertThat(stated).as("make golden/defaults.yaml state it").containsKey(key);
            assertThat(written).as("it has to be the default").doesNotContainKey(key);
          }
        });
  }
}
