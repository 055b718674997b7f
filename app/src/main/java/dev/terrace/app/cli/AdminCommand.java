package dev.terrace.app.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** A command that asks a running Terrace for something and prints what it says. */
abstract class AdminCommand implements Callable<Integer> {

  @Option(
      names = "--admin",
      paramLabel = "HOST:PORT",
      defaultValue = "127.0.0.1:9900",
      description = "The admin address of the running Terrace; ${DEFAULT-VALUE} if left out.")
  private String admin = "127.0.0.1:9900";

  @Spec private @Nullable CommandSpec spec;

  /** Asks. */
  abstract AdminClient.Answer ask(AdminClient client) throws IOException, InterruptedException;

  @Override
  public final Integer call() throws IOException, InterruptedException {
    AdminClient client = new AdminClient(admin);
    return tell(client, ask(client), commandLine().getOut(), commandLine().getErr());
  }

  /** Prints what it said; the exit code. */
  int tell(AdminClient client, AdminClient.Answer answer, PrintWriter out, PrintWriter err)
      throws IOException, InterruptedException {
    (answer.ok() ? out : err).println(answer.body().strip());
    return answer.ok() ? 0 : 1;
  }

  /** The command's own line. */
  final CommandLine commandLine() {
    return Objects.requireNonNull(spec).commandLine();
  }

  static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
