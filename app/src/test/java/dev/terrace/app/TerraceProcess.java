package dev.terrace.app;

import dev.terrace.testkit.Await;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** The command that starts Terrace as a process of its own, from what the tests run on. */
public final class TerraceProcess {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

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

  /**
   * Serves a file, and comes back when something listens at all of these ports.
   *
   * @param log where its output is added
   */
  public static Process serving(Path file, Path log, int... ports) throws IOException {
    Process process =
        of("run", file.toString())
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .start();
    Await.until(
        "it listens or is gone",
        PATIENCE,
        () -> !process.isAlive() || IntStream.of(ports).allMatch(TerraceProcess::listens));
    if (!process.isAlive()) {
      throw new IOException(Files.readString(log));
    }
    return process;
  }

  private static boolean listens(int port) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress("127.0.0.1", port), 1000);
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
