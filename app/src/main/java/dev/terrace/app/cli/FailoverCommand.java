package dev.terrace.app.cli;

import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code terrace failover}. */
@Command(
    name = "failover",
    mixinStandardHelpOptions = true,
    description = "Make another server of a shard its primary, and take the old one out of use.",
    footer = {
      "",
      "While the old primary can be asked nothing is lost: it is fenced, and the new one is",
      "promoted when it has replayed everything. Statements wait meanwhile (failover-wait).",
      "The store's user must be superuser, or have been granted what the error names."
    })
final class FailoverCommand extends AdminCommand {

  @Parameters(index = "0", paramLabel = "STORE", description = "The store.")
  private @Nullable String store;

  @Parameters(
      index = "1",
      paramLabel = "SHARD",
      defaultValue = "0",
      description = "The shard, counted from 0; ${DEFAULT-VALUE} if left out.")
  private int shard;

  @Option(
      names = "--to",
      paramLabel = "HOST:PORT",
      description = "The replica that is to be primary; the one that is furthest if left out.")
  private String to = "";

  @Option(
      names = "--force",
      description = "Go on if the old primary cannot be asked: what only it has is lost.")
  private boolean force;

  @Option(
      names = "--repoint",
      description = "Have the other replicas follow the new primary (their primary_conninfo).")
  private boolean repoint;

  @Override
  AdminClient.Answer ask(AdminClient client) throws IOException, InterruptedException {
    return client.post(
        "/api/failover?store="
            + encode(Objects.requireNonNull(store))
            + "&shard="
            + shard
            + "&to="
            + encode(to)
            + "&force="
            + force
            + "&repoint="
            + repoint);
  }
}
