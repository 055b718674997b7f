package dev.terrace.app.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.terrace.config.Loaded;
import dev.terrace.config.file.ConfigFile;
import dev.terrace.core.pool.MemberState;
import dev.terrace.core.pool.PoolMember;
import dev.terrace.sandbox.FreePorts;
import dev.terrace.testkit.Await;
import dev.terrace.testkit.TestCa;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A running Terrace that checks a member over TLS, by the file. */
class CheckTlsTest {

  private static final Duration PATIENCE = Duration.ofSeconds(20);

  @TempDir private Path folder;

  private final TestCa ca = TestCa.create();
  private HttpsServer backend;

  @BeforeEach
  void startBackend() throws IOException {
    backend = HttpsServer.create(new InetSocketAddress("127.0.0.1", 0), 10);
    backend.setHttpsConfigurator(new HttpsConfigurator(ca.serverContext(ca.issue("app.internal"))));
    backend.createContext(
        "/healthz",
        exchange -> {
          exchange.sendResponseHeaders(204, -1);
          exchange.close();
        });
    backend.start();
    ca.write(folder.resolve("ca.pem"));
  }

  @AfterEach
  void stopBackend() {
    backend.stop(0);
  }

  private Path file(String serverName) throws IOException {
    return Files.writeString(
        folder.resolve("t.yaml"),
        """
        listen: {http: "127.0.0.1:%d"}
        pools:
          app:
            members: ["127.0.0.1:%d"]
            tls: {ca: ca.pem, server-name: %s}
            health: {http: /healthz, every: 50ms, timeout: 10s, rise: 1, fall: 1}
        http: {routes: [{match: {}, pool: app}]}
        """
            .formatted(FreePorts.one(), backend.getAddress().getPort(), serverName));
  }

  private static PoolMember member(Terrace terrace) {
    return terrace.pools().get("app").snapshot().members().getFirst();
  }

  @Test
  void aChangedCaTakesEffectByItself() throws IOException {
    Path file = file("app.internal");
    TestCa.create().write(folder.resolve("ca.pem"));
    try (Terrace terrace =
        Terrace.start(((Loaded.Ok) ConfigFile.load(file, Map.of())).config(), file)) {
      terrace.awaitReady();
      assertThat(member(terrace).reason()).startsWith("TLS: ");
      ca.write(folder.resolve("ca.pem"));
      Await.until("it passes", PATIENCE, () -> member(terrace).state() == MemberState.UP);
      Files.writeString(folder.resolve("ca.pem"), "no certificate");
      assertThat(terrace.reload()).singleElement().asString().contains("ca.pem");
      assertThat(member(terrace).state()).isEqualTo(MemberState.UP);
    }
  }

  @Test
  void theMemberMustProveTheNameOfTheFileAlsoAfterAReload() throws IOException {
    Path file = file("app.internal");
    Loaded loaded = ConfigFile.load(file, Map.of());
    assertThat(loaded).isInstanceOf(Loaded.Ok.class);
    try (Terrace terrace = Terrace.start(((Loaded.Ok) loaded).config(), file)) {
      terrace.awaitReady();
      assertThat(member(terrace).reason()).isEqualTo("check passed");
      file("other.internal");
      assertThat(terrace.reload()).isEmpty();
      Await.until("it fails", () -> member(terrace).state() == MemberState.DOWN);
      assertThat(member(terrace).reason()).startsWith("TLS: ");
      Files.writeString(folder.resolve("ca.pem"), "no certificate");
      file("app.internal");
      assertThat(terrace.reload()).singleElement().asString().contains("ca.pem");
    }
  }
}
