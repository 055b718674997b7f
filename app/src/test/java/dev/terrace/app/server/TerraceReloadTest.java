package dev.terrace.app.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.terrace.config.Loaded;
import dev.terrace.config.file.ConfigFile;
import dev.terrace.sandbox.FreePorts;
import dev.terrace.testkit.Await;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A running Terrace whose file is edited. */
class TerraceReloadTest {

  private static final Duration PATIENCE = Duration.ofSeconds(15);

  @TempDir private Path folder;

  private final int port = FreePorts.one();
  private final int adminPort = FreePorts.one();
  private final HttpClient client = HttpClient.newHttpClient();
  private Path file;
  private HttpServer first;
  private HttpServer second;
  private Terrace terrace;

  @BeforeEach
  void start() throws IOException {
    first = backend("first");
    second = backend("second");
    file = folder.resolve("t.yaml");
    Files.writeString(file, yaml(first));
    Loaded.Ok ok = (Loaded.Ok) ConfigFile.load(file, Map.of());
    terrace = Terrace.start(ok.config(), file);
  }

  @AfterEach
  void stop() {
    terrace.close();
    first.stop(0);
    second.stop(0);
  }

  private static HttpServer backend(String name) throws IOException {
    HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 50);
    server.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(200, name.length());
          exchange.getResponseBody().write(name.getBytes(StandardCharsets.UTF_8));
          exchange.close();
        });
    server.start();
    return server;
  }

  private String yaml(HttpServer backend) {
    return """
    listen: {http: "127.0.0.1:%d", admin: "127.0.0.1:%d"}
    pools:
      app: {members: ["127.0.0.1:%d"], health: {every: 100ms}}
    http: {routes: [{match: {}, pool: app}]}
    """
        .formatted(port, adminPort, backend.getAddress().getPort());
  }

  private String get(int toPort, String path) {
    try {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + toPort + path)).build();
      return client.send(request, BodyHandlers.ofString()).body();
    } catch (IOException e) {
      return "failed: " + e.getMessage();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "interrupted";
    }
  }

  @Test
  void anEditIsAppliedByItself() throws IOException {
    assertThat(get(port, "/")).isEqualTo("first");
    Files.writeString(file, yaml(second) + "# edited\n");
    Await.until("the second backend serves", PATIENCE, () -> get(port, "/").equals("second"));
  }

  @Test
  void aBadEditChangesNothingAndSaysWhy() throws IOException {
    Files.writeString(file, yaml(second).replace("pool: app", "pool: apq"));
    List<String> problems = terrace.reload();
    assertThat(problems).anyMatch(p -> p.contains("t.yaml:4:") && p.contains("apq"));
    assertThat(get(port, "/")).isEqualTo("first");
  }

  @Test
  void anAddressThatCannotBeHadChangesNothing() throws IOException {
    String taken = "127.0.0.1:" + first.getAddress().getPort();
    String old = "\"127.0.0.1:" + port + "\"";
    Files.writeString(file, yaml(second).replace(old, "[" + old + ", \"" + taken + "\"]"));
    assertThat(terrace.reload()).anyMatch(p -> p.contains("cannot listen on " + taken));
    assertThat(get(port, "/")).isEqualTo("first");
  }

  @Test
  void listensOnWhatTheFileNamesAndOnNothingElse() throws IOException {
    Set<Integer> backends = Set.of(first.getAddress().getPort(), second.getAddress().getPort());
    assertThat(ListeningPorts.ofThisProcess())
        .filteredOn(p -> !backends.contains(p))
        .containsExactlyInAnyOrder(port, adminPort);
  }

  @Test
  void isReadyAfterTheFirstChecksAndNotWhileStopping() throws InterruptedException {
    terrace.awaitReady();
    assertThat(get(adminPort, "/ready")).contains("ready");
    terrace.close();
    assertThat(get(port, "/")).startsWith("failed");
  }
}
