package dev.terrace.app.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.terrace.config.Loaded;
import dev.terrace.config.TerraceConfig;
import dev.terrace.config.file.ConfigFile;
import dev.terrace.net.Transport;
import dev.terrace.sandbox.FreePorts;
import dev.terrace.testkit.Await;
import dev.terrace.testkit.RawClient;
import dev.terrace.testkit.TestBackend;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A second Terrace takes the ports of a first over while clients go on asking. */
class TerraceTakeOverTest {

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int CLIENTS = 4;

  @TempDir private Path folder;
  private final int port = FreePorts.one();
  private final int adminPort = FreePorts.one();
  private final TestBackend backend = TestBackend.start();
  private final AtomicBoolean asking = new AtomicBoolean(true);
  private final AtomicInteger answered = new AtomicInteger();
  private final ConcurrentLinkedQueue<String> failures = new ConcurrentLinkedQueue<>();
  private final List<AutoCloseable> opened = new ArrayList<>(List.of(backend));
  private Path file;

  @BeforeEach
  void write() throws IOException {
    assumeThat(Transport.best()).isEqualTo(Transport.EPOLL);
    file = folder.resolve("t.yaml");
    Files.writeString(
        file,
        """
        listen: {http: "127.0.0.1:%d", admin: "127.0.0.1:%d"}
        pools:
          app: {members: ["%s"], health: {every: 100ms}}
        http: {routes: [{match: {}, pool: app}]}
        """
            .formatted(port, adminPort, backend.address()));
  }

  @AfterEach
  void stop() throws Exception {
    asking.set(false);
    for (AutoCloseable one : opened.reversed()) {
      one.close();
    }
  }

  private TerraceConfig config() {
    return ((Loaded.Ok) ConfigFile.load(file, Map.of())).config();
  }

  private Terrace start() throws IOException {
    Terrace terrace = Terrace.start(config(), file);
    opened.add(terrace);
    return terrace;
  }

  /** Asks all the time, on connections that are kept open as long as the server wants. */
  private void ask(boolean keepAlive) {
    String request =
        "GET / HTTP/1.1\r\nHost: a\r\n" + (keepAlive ? "" : "Connection: close\r\n") + "\r\n";
    while (asking.get()) {
      try (RawClient client = RawClient.connect(port)) {
        boolean open = true;
        while (open && asking.get()) {
          String head = client.send(request).readUntil("\r\n\r\n");
          assertThat(head).startsWith("HTTP/1.1 200");
          int length = Integer.parseInt(head.replaceAll("(?is).*content-length: (\\d+).*", "$1"));
          client.read(length);
          answered.incrementAndGet();
          open = !head.toLowerCase(java.util.Locale.ROOT).contains("connection: close");
        }
      } catch (IOException | AssertionError e) {
        failures.add(e.toString());
      }
    }
  }

  private void awaitMore(int answers) {
    int before = answered.get();
    Await.until("more answers", PATIENCE, () -> answered.get() >= before + answers);
  }

  private boolean isReady() {
    try (RawClient admin = RawClient.connect(adminPort)) {
      String request = "GET /ready HTTP/1.1\r\nHost: 127.0.0.1:" + adminPort + "\r\n\r\n";
      return admin.send(request).readUntil("\r\n").contains("200");
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  void noRequestFails() throws Exception {
    Terrace old = start();
    for (int i = 0; i < CLIENTS; i++) {
      boolean keepAlive = i % 2 == 0;
      Thread.ofPlatform().daemon().start(() -> ask(keepAlive));
    }
    awaitMore(200);
    Terrace next = Terrace.takeOver(config(), file);
    opened.add(next);
    old.awaitStop();
    awaitMore(200);
    Await.until("the admin port is the new one's", PATIENCE, this::isReady);
    // And once more: the second offers its ports as the first did.
    Terrace third = Terrace.takeOver(config(), file);
    opened.add(third);
    next.awaitStop();
    awaitMore(200);
    asking.set(false);
    assertThat(failures).isEmpty();
  }

  @Test
  void withoutARunningOneItSaysSo() {
    assertThatThrownBy(() -> Terrace.takeOver(config(), file))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("no running Terrace offers the ports of this file");
  }
}
