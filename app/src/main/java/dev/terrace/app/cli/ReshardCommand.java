package dev.terrace.app.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

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
final class ReshardCommand extends AdminCommand {

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

  @Override
  AdminClient.Answer ask(AdminClient client) throws IOException, InterruptedException {
    if (mode.status) {
      return client.get("/api/reshard");
    }
    if (file == null) {
      throw new ParameterException(commandLine(), "name the FILE that is to be served afterwards");
    }
    String action = mode.plan ? "plan" : mode.abort ? "abort" : "start";
    return client.post(
        "/api/reshard?action="
            + action
            + "&check="
            + !noCheck
            + "&file="
            + encode(file.toAbsolutePath().normalize().toString()));
  }

  @Override
  int tell(AdminClient client, AdminClient.Answer answer, PrintWriter out, PrintWriter err)
      throws IOException, InterruptedException {
    JsonNode said = new ObjectMapper().readTree(answer.body());
    if (!answer.ok()) {
      err.println(said.path("error").asText());
      err.println(said.path("remedy").asText());
      return 1;
    }
    ReshardText text = new ReshardText(out);
    JsonNode end = said;
    if (mode.status || mode.plan) {
      text.all(said);
    } else {
      end = followed(client, text, said);
      text.end(end);
    }
    return end.path("phase").asText().equals("FAILED") ? 1 : 0;
  }

  private static JsonNode followed(AdminClient client, ReshardText text, JsonNode first)
      throws IOException, InterruptedException {
    JsonNode status = first;
    while (status.path("running").asBoolean()) {
      text.progress(status);
      Thread.sleep(LOOK_EVERY_MILLIS);
      status = new ObjectMapper().readTree(client.get("/api/reshard").body());
    }
    return status;
  }
}
