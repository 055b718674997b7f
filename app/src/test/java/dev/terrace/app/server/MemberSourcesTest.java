package dev.terrace.app.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrace.config.Loaded;
import dev.terrace.config.file.ConfigFile;
import dev.terrace.sandbox.FreePorts;
import dev.terrace.testkit.Await;
import dev.terrace.testkit.Behaviour;
import dev.terrace.testkit.RawClient;
import dev.terrace.testkit.TestBackend;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A running Terrace whose members come from a watched file and from its admin API. */
class MemberSourcesTest {

  private static final Duration PATIENCE = Duration.ofSeconds(15);

  @TempDir private Path folder;

  private final int port = FreePorts.one();
  private final int adminPort = FreePorts.one();
  private final HttpClient client = HttpClient.newHttpClient();
  private final TestBackend first = TestBackend.start(Behaviour.ok("first"));
  private final TestBackend second = TestBackend.start(Behaviour.ok("second"));
  private Path members;
  private Terrace terrace;

  @BeforeEach
  void start() throws IOException, InterruptedException {
    members = Files.writeString(folder.resolve("members.txt"), first.address() + "\n");
    Path file = folder.resolve("t.yaml");
    Files.writeString(
        file,
        """
        listen: {http: "127.0.0.1:%d", admin: "127.0.0.1:%d"}
        pools:
          app: {discover: {file: members.txt}, health: {http: /healthz, every: 100ms}}
        http: {routes: [{match: {}, pool: app}]}
        """
            .formatted(port, adminPort));
    Loaded loaded = ConfigFile.load(file, Map.of());
    assertThat(loaded).isInstanceOf(Loaded.Ok.class);
    terrace = Terrace.start(((Loaded.Ok) loaded).config(), file);
    terrace.awaitReady();
  }

  @AfterEach
  void stop() {
    terrace.close();
    first.close();
    second.close();
  }

  private HttpResponse<String> send(HttpRequest.Builder request) {
    try {
      return client.send(request.build(), BodyHandlers.ofString());
    } catch (IOException e) {
      throw new AssertionError("no answer", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  private HttpResponse<String> get(int toPort, String path) {
    return send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + toPort + path)));
  }

  private void post(String path) {
    HttpResponse<String> answer =
        send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + adminPort + path))
                .header("X-Terrace", "1")
                .POST(BodyPublishers.noBody()));
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
  }

  private Set<String> answers() {
    Set<String> answers = new TreeSet<>();
    for (int i = 0; i < 6; i++) {
      HttpResponse<String> answer = get(port, "/");
      assertThat(answer.statusCode()).isEqualTo(200);
      answers.add(answer.body());
    }
    return answers;
  }

  @Test
  void membersFollowTheFileWithChecksGaugesAndConnections() throws IOException {
    assertThat(get(adminPort, "/ready").statusCode()).isEqualTo(200);
    assertThat(answers()).containsExactly("first");
    Files.writeString(members, first.address() + "\n" + second.address() + " weight=2\n");
    Await.until("both serve", PATIENCE, () -> answers().size() == 2);
    Await.until("the new one is checked", PATIENCE, () -> !second.requests("/healthz").isEmpty());
    Files.writeString(members, second.address() + "\n");
    Await.until("one is left", PATIENCE, () -> answers().equals(Set.of("second")));
    assertThat(get(adminPort, "/metrics").body())
        .contains("member=\"" + second.address() + "\"")
        .doesNotContain("terrace_member_up{member=\"" + first.address());
    assertThat(get(adminPort, "/api/pools").body())
        .contains("\"source\":\"file-watch\"", "\"found\":1");
  }

  @Test
  void membersFollowTheAdminApi() {
    post("/api/pools/app/members?address=" + second.address());
    Await.until("both serve", PATIENCE, () -> answers().size() == 2);
    post("/api/pools/app/members/" + first.address() + "/remove");
    assertThat(answers()).containsExactly("second");
    assertThat(terrace.reload()).isEmpty();
    assertThat(answers()).containsExactly("second");
  }

  @Test
  void atItsDeadlineADrainClosesWhatIsLeft() throws IOException {
    first.on(
        "/stream",
        (request, reply) -> {
          reply.send("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf");
          reply.pause(Duration.ofMinutes(1));
        });
    post("/api/pools/app/members?address=" + second.address());
    post("/api/pools/app/members/" + second.address() + "/drain");
    try (RawClient slow = RawClient.connect(port)) {
      slow.send("GET /stream HTTP/1.1\r\nhost: h\r\n\r\n");
      Await.until("it is in hand", PATIENCE, () -> !first.requests("/stream").isEmpty());
      post("/api/pools/app/members/" + second.address() + "/undrain");
      post("/api/pools/app/members/" + first.address() + "/drain?deadline=300ms");
      assertThat(answers()).containsExactly("second");
      assertThat(slow.readAll()).endsWith("half");
    }
  }
}
