package dev.terrace.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Ends a JVM that has servers and children, and looks for what is left. */
class OrphansTest {

  private static final Duration PATIENCE = Duration.ofSeconds(20);

  @ParameterizedTest
  @ValueSource(strings = {"KILL", "TERM", "INT"})
  void nothingOutlivesTheJvm(String signal) throws Exception {
    // A shell's background jobs ignore SIGINT, and so would the JVM if the tests are one.
    Process parent =
        new ProcessBuilder(
                "env",
                "--default-signal=INT",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Orphans.class.getName())
            .redirectErrorStream(true)
            .start();
    List<ProcessHandle> processes = new ArrayList<>();
    List<Integer> ports = new ArrayList<>();
    List<Path> folders = new ArrayList<>();
    List<String> output = new ArrayList<>();
    try (BufferedReader lines = parent.inputReader()) {
      String line = lines.readLine();
      for (; line != null && !line.equals("ready"); line = lines.readLine()) {
        output.add(line);
        String value = line.substring(line.indexOf(' ') + 1);
        switch (line.substring(0, Math.max(0, line.indexOf(' ')))) {
          case "process" -> ProcessHandle.of(Long.parseLong(value)).ifPresent(processes::add);
          case "port" -> ports.add(Integer.parseInt(value));
          case "folder" -> folders.add(Path.of(value));
          default -> {}
        }
      }
      assertThat(line).as("output: %s", output).isEqualTo("ready");
      assertThat(processes).hasSizeGreaterThan(10).allMatch(ProcessFamily::runs);
      assertThat(ports).hasSize(2).noneMatch(FreePorts::isFree);
      assertThat(folders).hasSize(2).allMatch(Files::exists);

      ProcessFamily.signal(signal, parent.pid());
      boolean clean =
          Poll.until(
              PATIENCE,
              () ->
                  processes.stream().noneMatch(ProcessFamily::runs)
                      && ports.stream().allMatch(FreePorts::isFree)
                      && folders.stream().noneMatch(Files::exists));
      assertThat(clean)
          .as(
              "left after SIG%s: processes %s of %s, folders %s",
              signal,
              processes.stream().filter(ProcessFamily::runs).map(ProcessHandle::info).toList(),
              processes.size(),
              folders.stream().filter(Files::exists).toList())
          .isTrue();
    } finally {
      parent.destroyForcibly();
      processes.forEach(ProcessHandle::destroyForcibly);
    }
  }
}
