package dev.terrace.app.cli;

import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code terrace undrain}. */
@Command(
    name = "undrain",
    mixinStandardHelpOptions = true,
    description = "Put a drained member back into rotation.")
final class UndrainCommand extends AdminCommand {

  @Parameters(index = "0", paramLabel = "POOL", description = "The pool.")
  private @Nullable String pool;

  @Parameters(index = "1", paramLabel = "MEMBER", description = "The member, as host:port.")
  private @Nullable String member;

  @Override
  AdminClient.Answer ask(AdminClient client) throws IOException, InterruptedException {
    return client.post(
        "/api/members/"
            + encode(Objects.requireNonNull(pool))
            + "/"
            + encode(Objects.requireNonNull(member))
            + "/undrain");
  }
}
