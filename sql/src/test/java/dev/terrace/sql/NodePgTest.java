package dev.terrace.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** node's pg, which speaks the protocol by itself, needs no change. */
final class NodePgTest extends FrontTest {

  private static final Path FOLDER = Path.of("target", "node").toAbsolutePath();

  private record Outcome(int exit, String output) {}

  @BeforeAll
  static void start() throws Exception {
    front = TestFront.over(TestFront.sharedCluster(), "max-server-connections: 4");
  }

  private static boolean isInstalled(String program) {
    return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1))
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
  }

  private static void copy(String file) throws IOException {
    try (InputStream in = NodePgTest.class.getResourceAsStream("/node/" + file)) {
      assertThat(in).as(file).isNotNull();
      Files.copy(in, FOLDER.resolve(file), StandardCopyOption.REPLACE_EXISTING);
    }
  }

  private static Outcome run(String... command) throws Exception {
    Process process =
        new ProcessBuilder(List.of(command))
            .directory(FOLDER.toFile())
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return new Outcome(process.exitValue(), output);
  }

  @Test
  void aProgramWorksUnchanged() throws Exception {
    Assumptions.assumeTrue(isInstalled("node"), "node is not installed");
    Assumptions.assumeTrue(isInstalled("npm"), "npm is not installed");
    Files.createDirectories(FOLDER);
    for (String file : List.of("package.json", "package-lock.json", "program.js")) {
      copy(file);
    }
    Outcome installed = run("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund");
    Assumptions.assumeTrue(
        installed.exit() == 0 || System.getenv("CI") != null,
        () -> "npm cannot install pg: " + installed.output());
    assertThat(installed.exit()).as(installed.output()).isZero();
    Outcome ran = run("node", "program.js", Integer.toString(front.port()));
    assertThat(ran.output()).isEqualTo("fine\n");
  }
}
