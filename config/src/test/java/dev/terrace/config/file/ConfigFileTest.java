package dev.terrace.config.file;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrace.config.Loaded;
import dev.terrace.config.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigFileTest {

  @TempDir Path folder;

  @Test
  void aFileThatIsNotThere() {
    Path file = folder.resolve("terrace.yaml");
    assertThat(problems(ConfigFile.load(file, Map.of())))
        .containsExactly(new Problem(file.toString(), 1, 1, "there is no such file"));
  }

  @Test
  void aFolderWithoutFiles() throws IOException {
    Files.writeString(folder.resolve("notes.txt"), "listen: {}");
    Files.createDirectory(folder.resolve("more"));
    assertThat(problems(ConfigFile.load(folder, Map.of())))
        .containsExactly(
            new Problem(
                folder.toString(), 1, 1, "there is no *.yaml or *.yml file in this folder"));
  }

  @Test
  void aFolderWhoseFileIsAFolder() throws IOException {
    Path file = Files.createDirectory(folder.resolve("a.yaml"));
    assertThat(problems(ConfigFile.load(folder, Map.of())))
        .singleElement()
        .satisfies(problem -> {
          assertThat(problem.file()).isEqualTo(file.toString());
          assertThat(problem.message()).startsWith("this file cannot be read: ");
        });
  }

  @Test
  void aFileThatIsTooLong() {
    String yaml = "listen: {} #" + "x".repeat(4 << 20);
    assertThat(problems(ConfigFile.parse("long.yaml", yaml, Map.of())))
        .containsExactly(new Problem("long.yaml", 1, 1, "the file is longer than 4 MB"));
  }

  @Test
  void aliasesThatStandForTooMuch() {
    // Few aliases, each of them twice the one before: 2^24 values.
    StringBuilder yaml = new StringBuilder("a0: &a0 [x]\n");
    for (int i = 1; i <= 24; i++) {
      yaml.append("a%d: &a%d [*a%d, *a%d]\n".formatted(i, i, i - 1, i - 1));
    }
    assertThat(problems(ConfigFile.parse("bomb.yaml", yaml.toString(), Map.of())))
        .containsExactly(
            new Problem(
                "bomb.yaml",
                1,
                1,
                "the file stands for more than 200000 values once its aliases are followed"));
  }

  @Test
  void aProblemPrintsAsCompilersDo() {
    assertThat(problems(ConfigFile.parse("a.yaml", "listen:\n  http: x\n", Map.of())))
        .singleElement()
        .hasToString(
            "a.yaml:2:9: listen.http: 'x' lacks a port: expected host:port, as in 127.0.0.1:9001");
  }

  @Test
  void secretsAreNotShownByAnyRecord() {
    String yaml = "kv: {password: hunter2}\nsql: {users: {ann: {password: \"${P}\"}}}";
    assertThat(ConfigFile.parse("a.yaml", yaml, Map.of("P", "hunter3")))
        .isInstanceOfSatisfying(
            Loaded.Ok.class, ok -> assertThat(ok.config().toString()).doesNotContain("hunter"));
  }

  private static List<Problem> problems(Loaded loaded) {
    return loaded instanceof Loaded.Broken(List<Problem> problems) ? problems : List.of();
  }

  @Test
  void charactersBeyondTheFirstPlaneMayStandAnywhere() {
    for (int before = 1000; before < 1060; before++) {
      String yaml = "# " + "x".repeat(before) + "\uD83D\uDE80\n{}";
      assertThat(ConfigFile.parse("a.yaml", yaml, Map.of())).isInstanceOf(Loaded.Ok.class);
    }
  }
}
