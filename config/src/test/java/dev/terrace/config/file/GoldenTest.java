package dev.terrace.config.file;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrace.config.Loaded;
import dev.terrace.config.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every golden/NAME.yaml, or folder golden/NAME, gives exactly golden/NAME.out: the warnings and
 * the effective form, or all problems. {@code mvn test -pl config -am -Dterrace.regenerate=true}
 * writes the .out files anew; read their diff before you commit it.
 */
class GoldenTest {

  static final Path FOLDER = Path.of("src/test/resources/golden");

  static final Map<String, String> VARIABLES =
      Map.of("APP_PORT", "9001", "SECRET", "hunter2", "EMPTY", "", "WORD", "hunter3");

  static List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(FOLDER)) {
      return files
          .map(path -> path.getFileName().toString())
          .filter(name -> !name.endsWith(".out"))
          .sorted()
          .toList();
    }
  }

  @ParameterizedTest
  @MethodSource("names")
  void givesItsGoldenOutput(String name) throws IOException {
    String shown = shown(ConfigFile.load(FOLDER.resolve(name), VARIABLES));
    Path golden = FOLDER.resolve(name.replace(".yaml", "") + ".out");
    if (Boolean.getBoolean("terrace.regenerate")) {
      Files.writeString(golden, shown);
    }
    assertThat(shown)
        .as("%s (after a wanted change: -Dterrace.regenerate=true, and read the diff)", golden)
        .isEqualTo(Files.exists(golden) ? Files.readString(golden) : "");
    assertThat(shown).as("secrets are never shown").doesNotContain("hunter");
  }

  private static String shown(Loaded loaded) {
    return switch (loaded) {
      case Loaded.Ok(var config, List<Problem> warnings) ->
          lines("warning: ", warnings) + "---\n" + EffectiveConfig.yaml(config);
      case Loaded.Broken(List<Problem> problems) -> lines("", problems);
    };
  }

  private static String lines(String prefix, List<Problem> problems) {
    return problems.stream()
        .map(p -> prefix + p.toString().replace(FOLDER + "/", "") + "\n")
        .collect(Collectors.joining());
  }
}
