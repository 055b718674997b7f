package dev.terrace.app.cli;

import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Parameters;

/** A command that has a running Terrace change one member of a pool. */
abstract class MemberCommand extends AdminCommand {

  @Parameters(index = "0", paramLabel = "POOL", description = "The pool.")
  private @Nullable String pool;

  @Parameters(index = "1", paramLabel = "MEMBER", description = "The member, as host:port.")
  private @Nullable String member;

  /** What is done with the member, and the query that goes with it. */
  abstract String verb();

  @Override
  final AdminClient.Answer ask(AdminClient client) throws IOException, InterruptedException {
    return client.post(
        "/api/pools/"
            + encode(Objects.requireNonNull(pool))
            + "/members/"
            + encode(Objects.requireNonNull(member))
            + "/"
            + verb());
  }
}
