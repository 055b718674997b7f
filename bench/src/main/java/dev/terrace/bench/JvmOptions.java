package dev.terrace.bench;

import java.nio.file.Files;
import java.nio.file.Path;

/** How {@code ./terrace} starts the JVM. */
public final class JvmOptions {

  private static final Path FILE = Path.of("app", "jvm.options");

  private JvmOptions() {}

  /** The argument for java that takes them; from the project's folder or that of a module. */
  public static String argument() {
    Path file = Files.exists(FILE) ? FILE : Path.of("..").resolve(FILE);
    return "@" + file.toAbsolutePath();
  }
}
