package dev.terrace.app.cli;

import picocli.CommandLine.Command;

/** {@code terrace drain}. */
@Command(
    name = "drain",
    mixinStandardHelpOptions = true,
    description = "Take a member out of rotation; what it has in hand is finished.")
final class DrainCommand extends MemberCommand {
  DrainCommand() {
    super("drain");
  }
}
