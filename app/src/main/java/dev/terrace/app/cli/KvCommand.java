package dev.terrace.app.cli;

import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code terrace kv}: operates the key-value front. */
@Command(
    name = "kv",
    mixinStandardHelpOptions = true,
    description = "Operate the key-value front.",
    synopsisSubcommandLabel = "dead-letters",
    subcommands = KvCommand.DeadLetters.class)
final class KvCommand implements Runnable {

  @Spec private @Nullable CommandSpec spec;

  @Override
  public void run() {
    CommandSpec self = Objects.requireNonNull(spec);
    throw new ParameterException(self.commandLine(), "Say what to do: dead-letters.");
  }

  /** {@code terrace kv dead-letters}. */
  @Command(
      name = "dead-letters",
      mixinStandardHelpOptions = true,
      description = "Look at, replay or drop writes that were acknowledged and a store refuses.",
      synopsisSubcommandLabel = "(list | replay | drop)",
      subcommands = {Listing.class, Replay.class, Drop.class})
  static final class DeadLetters implements Runnable {

    @Spec private @Nullable CommandSpec spec;

    @Override
    public void run() {
      CommandSpec self = Objects.requireNonNull(spec);
      throw new ParameterException(self.commandLine(), "Say what to do: list, replay or drop.");
    }
  }

  /** {@code terrace kv dead-letters list}. */
  @Command(
      name = "list",
      mixinStandardHelpOptions = true,
      description = "Print them with the store's reasons, as JSON.")
  static final class Listing extends AdminCommand {

    @Override
    AdminClient.Answer ask(AdminClient client) throws IOException, InterruptedException {
      return client.get("/api/kv/dead-letters");
    }
  }

  /** What is about some of them. */
  abstract static class OfSome extends AdminCommand {

    @Parameters(
        index = "0",
        arity = "0..1",
        paramLabel = "COLLECTION",
        description = "Those of a collection; all if left out.")
    private String collection = "";

    @Parameters(
        index = "1",
        arity = "0..1",
        paramLabel = "KEY",
        description = "Those of a key, as product:42; all of the collection if left out.")
    private String key = "";

    AdminClient.Answer post(AdminClient client, String verb)
        throws IOException, InterruptedException {
      return client.post(
          "/api/kv/dead-letters/"
              + verb
              + "?collection="
              + encode(collection)
              + "&key="
              + encode(key));
    }
  }

  /** {@code terrace kv dead-letters replay}. */
  @Command(
      name = "replay",
      mixinStandardHelpOptions = true,
      description = "Give them to the store once more, behind all later writes.")
  static final class Replay extends OfSome {

    @Override
    AdminClient.Answer ask(AdminClient client) throws IOException, InterruptedException {
      return post(client, "replay");
    }
  }

  /** {@code terrace kv dead-letters drop}. */
  @Command(name = "drop", mixinStandardHelpOptions = true, description = "Forget them.")
  static final class Drop extends OfSome {

    @Override
    AdminClient.Answer ask(AdminClient client) throws IOException, InterruptedException {
      return post(client, "drop");
    }
  }
}
