package dev.terrace.conformance;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/** Takes a suite's program out of the class path and runs it. */
final class Suite {

  private Suite() {}

  /** Copies a resource into the folder. */
  static Path extract(String resource, Path folder) throws IOException {
    Path file = folder.resolve(Path.of(resource).getFileName().toString());
    try (InputStream in =
        Objects.requireNonNull(Suite.class.getClassLoader().getResourceAsStream(resource))) {
      Files.copy(in, file);
    }
    return file;
  }

  /** Runs a program to its end, whatever that is, and returns what it said. */
  static String run(Path folder, Duration timeMax, List<String> command)
      throws IOException, InterruptedException {
    Path log = folder.resolve("suite.log");
    Process process =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    try {
      if (!process.waitFor(timeMax.toSeconds(), TimeUnit.SECONDS)) {
        throw new IOException(
            "not at its end after " + timeMax + ": " + Files.readString(log, ISO_8859_1));
      }
      return Files.readString(log, ISO_8859_1);
    } finally {
      process.destroyForcibly();
    }
  }
}
