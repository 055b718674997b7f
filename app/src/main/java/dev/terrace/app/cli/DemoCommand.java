package dev.terrace.app.cli;

import dev.terrace.app.demo.Demo;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code terrace demo}: the whole path on this machine. */
@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    description =
        "Start the whole path on this machine: PostgreSQL shards and replicas, the shop, every tier.")
final class DemoCommand implements Callable<Integer> {

  @Option(names = "--load", description = "Add steady visitors with a Zipf taste.")
  private boolean load;

  @Option(
      names = "--rate",
      defaultValue = "200",
      description = "With --load: requests a second; ${DEFAULT-VALUE} if left out.")
  private int rate = 200;

  @Option(
      names = "--file",
      hidden = true,
      description = "Another file for the same shop, as one with other ports.")
  private @Nullable Path file;

  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
    Path home = Path.of(System.getProperty("terrace.home", "."));
    Path path = file == null ? home.resolve("examples/shop/terrace.yaml") : file;
    try (Demo demo = new Demo(home, path, out)) {
      demo.start();
      if (load) {
        demo.load(rate);
      }
      demo.awaitStop();
    }
    return 0;
  }
}
