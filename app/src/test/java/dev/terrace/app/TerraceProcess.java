package dev.terrace.app;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The command that starts Terrace as a process of its own, from what the tests run on. */
public final class TerraceProcess {

  private TerraceProcess() {}

  /** With these arguments, as after {@code ./terrace}; its errors go where its output does. */
  public static ProcessBuilder of(String... arguments) {
    Path home = Path.of("..").toAbsolutePath().normalize();
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "@" + home.resolve("app/jvm.options"),
                "-Dterrace.home=" + home,
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command).redirectErrorStream(true);
  }
}
