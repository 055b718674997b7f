package dev.terrace.app.cli;

import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code terrace member}: changes who belongs to a pool, without a reload. */
@Command(
    name = "member",
    mixinStandardHelpOptions = true,
    description = "Add or remove a member of a pool, or change its weight, while running.",
    synopsisSubcommandLabel = "(add | remove | weight)",
    footer = {
      "",
      "A change lasts until the file, or what it discovers, says something new of that",
      "member, or Terrace stops: write into the file what is to stay."
    },
    subcommands = {
      MembersCommand.Add.class,
      MembersCommand.Remove.class,
      MembersCommand.Weight.class
    })
final class MembersCommand implements Runnable {

  @Spec private @Nullable CommandSpec spec;

  @Override
  public void run() {
    CommandSpec self = Objects.requireNonNull(spec);
    throw new ParameterException(self.commandLine(), "Say what to do: add, remove or weight.");
  }

  /** {@code terrace member add}. */
  @Command(name = "add", mixinStandardHelpOptions = true, description = "Add a member to a pool.")
  static final class Add extends AdminCommand {

    @Parameters(index = "0", paramLabel = "POOL", description = "The pool.")
    private @Nullable String pool;

    @Parameters(index = "1", paramLabel = "HOST:PORT", description = "Where the member listens.")
    private @Nullable String address;

    @Option(
        names = "--weight",
        paramLabel = "N",
        defaultValue = "1",
        description = "Its share of the work, 1 to 256; ${DEFAULT-VALUE} if left out.")
    private int weight = 1;

    @Option(names = "--zone", paramLabel = "ZONE", description = "The zone it stands in.")
    private String zone = "";

    @Override
    AdminClient.Answer ask(AdminClient client) throws IOException, InterruptedException {
      return client.post(
          "/api/pools/"
              + encode(Objects.requireNonNull(pool))
              + "/members?address="
              + encode(Objects.requireNonNull(address))
              + "&weight="
              + weight
              + "&zone="
              + encode(zone));
    }
  }

  /** {@code terrace member remove}. */
  @Command(
      name = "remove",
      mixinStandardHelpOptions = true,
      description = "Remove a member from a pool; what it has in hand is finished.")
  static final class Remove extends MemberCommand {
    @Override
    String verb() {
      return "remove";
    }
  }

  /** {@code terrace member weight}. */
  @Command(
      name = "weight",
      mixinStandardHelpOptions = true,
      description = "Change the weight of a member.")
  static final class Weight extends MemberCommand {

    @Parameters(index = "2", paramLabel = "N", description = "Its share of the work, 1 to 256.")
    private int weight;

    @Override
    String verb() {
      return "weight?weight=" + weight;
    }
  }
}
