package dev.terrace.config.file;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrace.config.Loaded;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** golden/every-key.yaml sets every key that there is, each to something else than its default. */
class EveryKeyTest {

  private static final Path FILE = Path.of("src/test/resources/golden/every-key.yaml");

  @Test
  void everyKeyIsSet() throws IOException {
    Map<String, List<Object>> set = KeysOf.text(Files.readString(FILE));
    assertThat(set.keySet())
        .as("set each new key in golden/every-key.yaml")
        .containsExactlyElementsOf(KeysOf.all().keySet())
        .hasSizeGreaterThan(90);
    KeysOf.all()
        .forEach((key, field) ->
            field
                .preset()
                .ifPresent(preset ->
                    assertThat(set.get(key))
                        .as("%s: a value that is not the default", key)
                        .anyMatch(value -> !value.toString().equals(preset))));
  }

  @Test
  void everyKeyHasADoc() {
    KeysOf.all()
        .forEach((key, field) -> assertThat(field.doc()).as(key).isNotEmpty().endsWith("."));
  }

  @Test
  void theFileIsGood() {
    assertThat(ConfigFile.load(FILE, GoldenTest.VARIABLES)).isInstanceOf(Loaded.Ok.class);
  }
}
