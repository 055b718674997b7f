package dev.terrace.app.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code terrace reshard}. */
@Command(
    name = "reshard",
    mixinStandardHelpOptions = true,
    description = "Move a store's rows to where another file has them, while it serves.",
    footer = {
      "",
      "FILE is as the one that is served, in the same folder, but for the shards of one store and",
      "the placements of its tables. New shards are empty servers that have the schema. When all",
      "rows are there, statements wait for a moment, and FILE takes the place of the one before.",
      "Asked for again after a restart, it goes on. See docs/guide/sharding.md."
    })
final class ReshardCommand implements Callable<Integer> {

  private static final long LOOK_EVERY_MILLIS = 500;

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "FILE",
      description = "The file that is to be served afterwards.")
  private @Nullable Path file;

  /** One of them at most. */
  static final class Mode {
    @Option(names = "--plan", description = "Only say what would move.")
    private boolean plan;

    @Option(names = "--abort", description = "Undo what was begun.")
    private boolean abort;

    @Option(names = "--status", description = "Say how far it is.")
    private boolean status;
  }

  @ArgGroup private Mode mode = new Mode();

  @Option(
      names = "--no-check",
      description = "Do not compare both sides before the new shards serve.")
  private boolean noCheck;

  @Option(
      names = "--admin",
      paramLabel = "HOST:PORT",
      defaultValue = "127.0.0.1:9900",
      description = "The admin address of the running Terrace; ${DEFAULT-VALUE} if left out.")
  private String admin = "127.0.0.1:9900";

  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() throws IOException, InterruptedException {
    CommandSpec command = Objects.requireNonNull(spec);
    PrintWriter out = command.commandLine().getOut();
    PrintWriter err = command.commandLine().getErr();
    AdminClient client = new AdminClient(admin);
    AdminClient.Answer answer;
    if (mode.status) {
      answer = client.get("/api/reshard");
    } else if (file == null) {
      throw new ParameterException(
          command.commandLine(), "name the FILE that is to be served afterwards");
    } else {
      String action = mode.plan ? "plan" : mode.abort ? "abort" : "start";
      answer =
          client.post(
              "/api/reshard?action="
                  + action
                  + "&check="
                  + !noCheck
                  + "&file="
                  + AdminCommand.encode(file.toAbsolutePath().normalize().toString()));
    }
    if (!answer.ok()) {
      JsonNode problem = new ObjectMapper().readTree(answer.body());
      err.println(problem.path("error").asText());
      err.println(problem.path("remedy").asText());
      return 1;
    }
    return mode.status || mode.plan
        ? shown(new ReshardText(out), answer)
        : followed(client, new ReshardText(out), answer);
  }

  private static int shown(ReshardText text, AdminClient.Answer answer) throws IOException {
    JsonNode status = new ObjectMapper().readTree(answer.body());
    text.all(status);
    return status.path("phase").asText().equals("FAILED") ? 1 : 0;
  }

  private static int followed(AdminClient client, ReshardText text, AdminClient.Answer first)
      throws IOException, InterruptedException {
    JsonNode status = new ObjectMapper().readTree(first.body());
    while (status.path("running").asBoolean()) {
      text.progress(status);
      Thread.sleep(LOOK_EVERY_MILLIS);
      status = new ObjectMapper().readTree(client.get("/api/reshard").body());
    }
    text.end(status);
    return status.path("phase").asText().equals("FAILED") ? 1 : 0;
  }
}
