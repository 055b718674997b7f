package dev.terrace.app.cli;

import dev.terrace.config.Loaded;
import dev.terrace.config.Problem;
import dev.terrace.config.TerraceConfig;
import dev.terrace.config.file.ConfigFile;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The file that a command was given: loaded with the process's environment, problems told. */
final class LoadedFile {

  private LoadedFile() {}

  /** The file's configuration; empty if it is broken, after all problems were printed. */
  static Optional<TerraceConfig> load(Path file, PrintWriter err) {
    return switch (ConfigFile.load(file, System.getenv())) {
      case Loaded.Broken(List<Problem> problems) -> {
        problems.forEach(problem -> err.println(problem));
        err.println(count(problems.size(), "problem") + "; nothing was started");
        yield Optional.empty();
      }
      case Loaded.Ok(TerraceConfig config, List<Problem> warnings) -> {
        warnings.forEach(warning -> err.println("warning: " + warning));
        yield Optional.of(config);
      }
    };
  }

  private static String count(int n, String thing) {
    return n == 1 ? "1 " + thing : n + " " + thing + "s";
  }
}
