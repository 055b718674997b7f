package dev.terrace.app.cli;

import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code terrace drain}. */
@Command(
    name = "drain",
    mixinStandardHelpOptions = true,
    description = "Take a member out of rotation; what it has in hand is finished.")
final class DrainCommand extends AdminCommand {

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
            + "/drain");
  }
}
