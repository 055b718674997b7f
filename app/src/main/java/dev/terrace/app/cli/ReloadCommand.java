package dev.terrace.app.cli;

import java.io.IOException;
import picocli.CommandLine.Command;

/** {@code terrace reload}. */
@Command(
    name = "reload",
    mixinStandardHelpOptions = true,
    description = "Have a running Terrace apply its file now.")
final class ReloadCommand extends AdminCommand {

  @Override
  AdminClient.Answer ask(AdminClient client) throws IOException, InterruptedException {
    return client.post("/api/reload");
  }
}
