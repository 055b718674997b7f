package dev.terrace.app.demo;

import dev.terrace.app.TerraceProcess;
import dev.terrace.sandbox.FreePorts;
import dev.terrace.testkit.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code terrace demo} as a process of its own, on free ports in place of the file's. */
final class RunningDemo implements AutoCloseable {

  private static final Pattern PORT = Pattern.compile("(127\\.0\\.0\\.\\d+):(\\d{4})");
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Map<Integer, Integer> ports = new HashMap<>();
  private final Process process;
  private final Path output;
  private final HttpClient client = HttpClient.newHttpClient();

  RunningDemo(Path folder) throws IOException {
    Path home = Path.of("..").toAbsolutePath().normalize();
    String yaml = Files.readString(home.resolve("examples/shop/terrace.yaml"));
    Path file = Files.writeString(folder.resolve("terrace.yaml"), movedToFreePorts(yaml));
    output = folder.resolve("demo.log");
    process =
        TerraceProcess.of("demo", "--file", file.toString())
            .redirectOutput(output.toFile())
            .start();
    Await.until("the demo is ready or gone", PATIENCE, () -> !process.isAlive() || ready());
    if (!process.isAlive()) {
      throw new IOException("the demo ended:\n" + Files.readString(output));
    }
  }

  private String movedToFreePorts(String yaml) {
    Matcher found = PORT.matcher(yaml);
    while (found.find()) {
      ports.putIfAbsent(Integer.valueOf(found.group(2)), 0);
    }
    List<Integer> free = FreePorts.some(ports.size());
    int next = 0;
    for (Map.Entry<Integer, Integer> port : ports.entrySet()) {
      port.setValue(free.get(next++));
    }
    return PORT.matcher(yaml)
        .replaceAll(m -> m.group(1) + ":" + ports.get(Integer.valueOf(m.group(2))));
  }

  /** The port that stands for one of the shipped file. */
  int port(int shipped) {
    return Objects.requireNonNull(ports.get(shipped));
  }

  List<Integer> allPorts() {
    return List.copyOf(ports.values());
  }

  String output() {
    try {
      return Files.readString(output);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Process process() {
    return process;
  }

  private boolean ready() {
    try {
      return admin("/ready").statusCode() == 200;
    } catch (IOException e) {
      return false;
    }
  }

  HttpResponse<String> admin(String path) throws IOException {
    return send(request(port(9900), path).build());
  }

  /** A GET through the HTTP front. */
  HttpResponse<String> get(String path) throws IOException {
    return send(request(port(8080), path).build());
  }

  private static HttpRequest.Builder request(int port, String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
        .timeout(Duration.ofSeconds(10));
  }

  private HttpResponse<String> send(HttpRequest request) throws IOException {
    try {
      return client.send(request, BodyHandlers.ofString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  /** The value of a metric whose series line starts with this text; 0 if there is none. */
  double metric(String series) throws IOException {
    return admin("/metrics")
        .body()
        .lines()
        .filter(line -> line.startsWith(series))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  /** Whether anything listens on that port of loopback. */
  static boolean listens(int port) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress("127.0.0.1", port), 500);
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
