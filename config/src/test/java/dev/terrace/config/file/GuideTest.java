package dev.terrace.config.file;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrace.config.Loaded;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The guide's examples are good files. */
class GuideTest {

  @Test
  void examplesOfTheGuide() throws IOException {
    String guide = Files.readString(Path.of("../docs/guide/the-file.md"));
    List<String> examples =
        Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL)
            .matcher(guide)
            .results()
            .map((MatchResult found) -> found.group(1))
            .filter(example -> !example.startsWith("#"))
            .toList();
    assertThat(examples).hasSize(2);
    for (String example : examples) {
      assertThat(ConfigFile.parse("the-file.md", example, Map.of("SHOP_PASSWORD", "x")))
          .isInstanceOf(Loaded.Ok.class);
    }
  }
}
