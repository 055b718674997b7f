package dev.terrace.app.cli;

import dev.terrace.app.server.Terrace;
import dev.terrace.config.ListenConfig;
import dev.terrace.config.TerraceConfig;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code terrace run}: serves a file until it is told to stop. */
@Command(
    name = "run",
    mixinStandardHelpOptions = true,
    description = "Serve a file. Editing it applies it; a bad edit changes nothing and says why.")
final class RunCommand implements Callable<Integer> {

  @Parameters(paramLabel = "FILE", description = "The file, or a folder of them.")
  private @Nullable Path file;

  @Option(
      names = "--take-over",
      description =
          "Take the ports over from the process that serves this file now; it finishes its work and"
              + " ends. Nobody is refused meanwhile.")
  private boolean takeOver;

  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() throws IOException, InterruptedException {
    PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
    PrintWriter err = Objects.requireNonNull(spec).commandLine().getErr();
    Path path = Objects.requireNonNull(file);
    Optional<TerraceConfig> config = LoadedFile.load(path, err);
    if (config.isEmpty()) {
      return 1;
    }
    Terrace terrace =
        takeOver ? Terrace.takeOver(config.get(), path) : Terrace.start(config.get(), path);
    Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(terrace::close));
    terrace.awaitReady();
    listening(config.get().listen()).forEach(out::println);
    out.println("ready; Ctrl-C drains and stops");
    out.flush();
    terrace.awaitStop();
    return 0;
  }

  private static List<String> listening(ListenConfig listen) {
    List<String> lines = new ArrayList<>();
    listen.dns().forEach(a -> lines.add("dns    " + a));
    listen.http().forEach(a -> lines.add("http   " + a));
    listen.https().forEach(a -> lines.add("https  " + a));
    listen.sql().forEach(a -> lines.add("sql    " + a));
    listen.kv().forEach(a -> lines.add("kv     " + a));
    listen.admin().forEach(a -> lines.add("admin  http://" + a));
    return lines;
  }
}
