package dev.terrace.net.health;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.terrace.core.health.ProbeResult;
import dev.terrace.core.pool.Member;
import dev.terrace.net.ProxyVersion;
import dev.terrace.net.tls.ClientTls;
import dev.terrace.net.tls.MemberTlsSettings;
import dev.terrace.testkit.TestCa;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Checks of a real HTTPS server. */
class HttpsProbeTest {

  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  private final TestCa ca = TestCa.create();
  private final ProbeLoop loop = new ProbeLoop();
  private HttpsServer server;
  private Member member;
  @TempDir private Path folder;

  @BeforeEach
  void start() throws IOException {
    server = HttpsServer.create(new InetSocketAddress("127.0.0.1", 0), 10);
    server.setHttpsConfigurator(new HttpsConfigurator(ca.serverContext(ca.issue("app.internal"))));
    server.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(200, 2);
          exchange.getResponseBody().write("ok".getBytes(StandardCharsets.UTF_8));
          exchange.close();
        });
    server.start();
    member = Member.of("127.0.0.1:" + server.getAddress().getPort());
  }

  @AfterEach
  void stop() {
    loop.close();
    server.stop(0);
  }

  private ProbeResult probe(Member asked, String name, boolean verify) throws Exception {
    MemberTlsSettings settings =
        new MemberTlsSettings(
            Optional.of(ca.write(folder.resolve("ca.pem"))),
            Optional.of(name),
            Optional.empty(),
            verify ? MemberTlsSettings.Verify.NAME : MemberTlsSettings.Verify.NOTHING,
            List.of("http/1.1"));
    try (ClientTls tls = ClientTls.open(settings)) {
      ProbeConnector connector = new ProbeConnector(loop, ProxyVersion.NONE, Optional.of(tls));
      return new HttpProbe(connector, HttpCheck.of("/healthz")).probe(asked, TIMEOUT);
    }
  }

  @Test
  void aMemberThatProvesItsNamePasses() throws Exception {
    assertThat(probe(member, "app.internal", true)).isEqualTo(new ProbeResult.Passed());
  }

  @Test
  void anotherNameFailsUnlessNobodyVerifies() throws Exception {
    ProbeResult result = probe(member, "other.internal", true);
    assertThat(result).isInstanceOf(ProbeResult.Failed.class);
    assertThat(((ProbeResult.Failed) result).reason()).startsWith("TLS: ");
    assertThat(probe(member, "other.internal", false)).isEqualTo(new ProbeResult.Passed());
  }
}
