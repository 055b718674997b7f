package dev.terrace.app.cli;

import picocli.CommandLine.Command;

/** {@code terrace undrain}. */
@Command(
    name = "undrain",
    mixinStandardHelpOptions = true,
    description = "Put a drained member back into rotation.")
final class UndrainCommand extends MemberCommand {

  @Override
  String verb() {
    return "undrain";
  }
}
