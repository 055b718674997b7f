package dev.terrace.app.demo;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The shop's own jars: it is another program, with nothing of Terrace on its class path. */
final class ShopLibrary {

  private ShopLibrary() {}

  /** The command that runs one of the shop's mains on this JVM's JDK. */
  static List<String> command(Path home, String main, List<String> arguments) {
    Path lib = home.resolve("examples/shop/target/lib");
    if (!Files.isDirectory(lib)) {
      throw new IllegalStateException("the shop is not built: " + lib + " is missing");
    }
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx128m",
                "-cp",
                lib + "/*",
                main));
    command.addAll(arguments);
    return command;
  }

  /** The folder that the demo's children write their output to. */
  static Path logs(Path home) throws java.io.IOException {
    return Files.createDirectories(home.resolve(".terrace/demo"));
  }
}
