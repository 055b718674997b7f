package dev.terrace.app.cli;

import java.io.IOException;
import picocli.CommandLine.Command;

/** {@code terrace status}. */
@Command(
    name = "status",
    mixinStandardHelpOptions = true,
    description = "Print the state of a running Terrace as JSON.")
final class StatusCommand extends AdminCommand {

  @Override
  AdminClient.Answer ask(AdminClient client) throws IOException, InterruptedException {
    return client.get("/api/status");
  }
}
