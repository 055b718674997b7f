package dev.terrace.app.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code terrace drain}. */
@Command(
    name = "drain",
    mixinStandardHelpOptions = true,
    description = "Take a member out of rotation; what it has in hand is finished.")
final class DrainCommand extends MemberCommand {

  @Option(
      names = "--deadline",
      paramLabel = "DURATION",
      description = "After this long, as in 30s, the connections to it that are left are closed.")
  private @Nullable String deadline;

  @Override
  String verb() {
    return "drain" + (deadline == null ? "" : "?deadline=" + encode(deadline));
  }
}
