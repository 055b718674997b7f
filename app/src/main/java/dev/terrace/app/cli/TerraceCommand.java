package dev.terrace.app.cli;

import dev.terrace.app.server.Version;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code terrace}: the list of commands. */
@Command(
    name = "terrace",
    mixinStandardHelpOptions = true,
    versionProvider = TerraceCommand.Versions.class,
    description = "One process and one file from DNS answer to database replica.",
    synopsisSubcommandLabel = "COMMAND",
    footer = {
      "",
      "  ./terrace test     every test (handled by the script itself)",
      "",
      "Exit codes: 0 done, 1 failed, 2 wrong use.",
      "Guide: docs/guide, every key of the file: docs/reference/configuration.md"
    },
    subcommands = {
      DemoCommand.class,
      RunCommand.class,
      CheckCommand.class,
      ExplainCommand.class,
      StatusCommand.class,
      ReloadCommand.class,
      DrainCommand.class,
      UndrainCommand.class,
      MembersCommand.class,
      PurgeCommand.class,
      FailoverCommand.class,
      ReshardCommand.class,
      SqlCommand.class,
      KvCommand.class
    })
public final class TerraceCommand implements Runnable {

  @Spec private @org.jspecify.annotations.Nullable CommandSpec spec;

  /** The command line, ready to execute. */
  public static CommandLine commandLine() {
    return new CommandLine(new TerraceCommand())
        .setUsageHelpAutoWidth(true)
        .setExecutionExceptionHandler((e, command, parsed) -> {
          command.getErr().println("terrace: " + describe(e));
          return CommandLine.ExitCode.SOFTWARE;
        });
  }

  private static String describe(Throwable failure) {
    String message = failure.getMessage();
    return message == null ? failure.getClass().getSimpleName() : message;
  }

  @Override
  public void run() {
    CommandSpec self = java.util.Objects.requireNonNull(spec);
    throw new ParameterException(self.commandLine(), "Say what to do: a COMMAND is missing.");
  }

  /** What {@code --version} prints. */
  static final class Versions implements IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {
        "terrace " + Version.current(),
        "Java " + Runtime.version() + ", " + System.getProperty("os.name")
      };
    }
  }
}
