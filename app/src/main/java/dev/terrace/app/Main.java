package dev.terrace.app;

import dev.terrace.app.cli.TerraceCommand;

/** Where the process starts. */
public final class Main {

  private Main() {}

  /** Runs one command and exits with 0, 1 for a failure, or 2 for wrong use. */
  public static void main(String... args) {
    Logging.configure();
    System.exit(TerraceCommand.commandLine().execute(args));
  }
}
