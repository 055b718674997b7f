package dev.terrace.app.cli;

import dev.terrace.config.TerraceConfig;
import dev.terrace.config.file.EffectiveConfig;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code terrace check}: all problems of a file, or its effective form. Starts nothing. */
@Command(
    name = "check",
    mixinStandardHelpOptions = true,
    description = "Print all problems of a file, or its effective form with every default.")
final class CheckCommand implements Callable<Integer> {

  @Parameters(paramLabel = "FILE", description = "The file, or a folder of them.")
  private @Nullable Path file;

  @Option(names = "--quiet", description = "Print problems only.")
  private boolean quiet;

  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() {
    PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
    PrintWriter err = Objects.requireNonNull(spec).commandLine().getErr();
    Optional<TerraceConfig> config = LoadedFile.load(Objects.requireNonNull(file), err);
    if (config.isEmpty()) {
      return 1;
    }
    if (!quiet) {
      out.print(EffectiveConfig.yaml(config.get()));
      out.flush();
    }
    return 0;
  }
}
