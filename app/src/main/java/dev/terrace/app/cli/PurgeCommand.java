package dev.terrace.app.cli;

import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code terrace purge}. */
@Command(
    name = "purge",
    mixinStandardHelpOptions = true,
    description = "Drop kept values of the key-value front: a key, or a pattern as product:*.")
final class PurgeCommand extends AdminCommand {

  @Parameters(paramLabel = "KEY", description = "The key or pattern.")
  private @Nullable String key;

  @Override
  AdminClient.Answer ask(AdminClient client) throws IOException, InterruptedException {
    return client.post("/api/purge?key=" + encode(Objects.requireNonNull(key)));
  }
}
