package dev.terrace.app;

import dev.terrace.app.cli.TerraceCommand;
import dev.terrace.app.server.Terrace;
import dev.terrace.config.Loaded;
import dev.terrace.config.TerraceConfig;
import dev.terrace.config.file.ConfigFile;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The run that the JVM's cache of ahead-of-time work is made from: what it loads, links and counts
 * here is there at once when Terrace starts (JEP 483, JEP 515).
 *
 * <p>It checks a file, then serves one whose only member is Terrace itself, for a while: the path
 * of a request is what the first visitors after a start wait for.
 */
public final class Training {

  private static final int CLIENTS = 4;
  private static final int REQUESTS_EACH = 15_000;
  private static final byte[] REQUEST =
      "GET /x HTTP/1.1\r\nHost: localhost\r\nAccept: */*\r\n\r\n"
          .getBytes(StandardCharsets.US_ASCII);

  private Training() {}

  /**
   * Trains.
   *
   * @param arguments the file to check
   */
  public static void main(String... arguments) throws IOException, InterruptedException {
    Logging.configure();
    TerraceCommand.commandLine().execute("check", arguments[0]);
    int port = freePort();
    Path file = Files.createTempFile("terrace-training", ".yaml");
    try {
      Files.writeString(file, yaml(port));
      if (ConfigFile.load(file, Map.of()) instanceof Loaded.Ok(TerraceConfig config, var _)) {
        serve(config, file, port);
      }
    } finally {
      Files.delete(file);
    }
    System.exit(0);
  }

  private static String yaml(int port) {
    return """
    listen: {http: '127.0.0.1:%1$d'}
    pools: {self: {members: ['127.0.0.1:%1$d']}}
    http:
      routes:
        - {match: {path: /answer}, respond: {body: "%2$s"}}
        - {match: {path: /x}, pool: self, rewrite: {path: /answer}}
    """
        .formatted(port, "x".repeat(1000));
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static void serve(TerraceConfig config, Path file, int port)
      throws IOException, InterruptedException {
    try (Terrace terrace = Terrace.start(config, file)) {
      terrace.awaitReady();
      List<Thread> clients = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        clients.add(Thread.ofPlatform().start(() -> ask(port)));
      }
      for (Thread client : clients) {
        client.join();
      }
    }
  }

  private static void ask(int port) {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      OutputStream out = socket.getOutputStream();
      BufferedReader in =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
      for (int i = 0; i < REQUESTS_EACH; i++) {
        out.write(REQUEST);
        int length = 0;
        for (String line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
          if (line.startsWith("Content-Length: ")) {
            length = Integer.parseInt(line.substring("Content-Length: ".length()));
          }
        }
        in.skip(length);
      }
    } catch (IOException e) {
      // Then the cache is made from what was seen until now.
    }
  }
}
