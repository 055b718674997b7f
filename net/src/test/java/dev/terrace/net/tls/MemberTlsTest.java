package dev.terrace.net.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsExchange;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import dev.terrace.core.health.ProbeResult;
import dev.terrace.core.health.StatusRanges;
import dev.terrace.core.pool.Member;
import dev.terrace.core.signal.Metric;
import dev.terrace.core.signal.Signals;
import dev.terrace.net.ProxyVersion;
import dev.terrace.net.health.HttpCheck;
import dev.terrace.net.health.HttpProbe;
import dev.terrace.net.health.ProbeConnector;
import dev.terrace.net.health.ProbeLoop;
import dev.terrace.testkit.Await;
import dev.terrace.testkit.TestCa;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLParameters;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A member that asks for certificates, while the files for connections to it change. */
class MemberTlsTest {

  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final TestCa ca = TestCa.create();
  private final Signals signals = new Signals();
  private final MemberTls memberTls = new MemberTls(signals);
  private final ProbeLoop loop = new ProbeLoop();
  private HttpsServer server;
  @TempDir private Path folder;

  @BeforeEach
  void start() throws IOException {
    server = HttpsServer.create(new InetSocketAddress("127.0.0.1", 0), 10);
    server.setHttpsConfigurator(
        new HttpsConfigurator(ca.serverContext(ca.issue("app.internal"))) {
          @Override
          public void configure(HttpsParameters parameters) {
            SSLParameters wanted = getSSLContext().getDefaultSSLParameters();
            wanted.setNeedClientAuth(true);
            parameters.setSSLParameters(wanted);
          }
        });
    server.createContext(
        "/",
        exchange -> {
          byte[] shown =
              ((HttpsExchange) exchange)
                  .getSSLSession()
                  .getPeerPrincipal()
                  .getName()
                  .getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, shown.length);
          exchange.getResponseBody().write(shown);
          exchange.close();
        });
    server.start();
  }

  @AfterEach
  void stop() {
    memberTls.close();
    loop.close();
    server.stop(0);
  }

  /** Settings whose files are named by the pool. */
  private MemberTlsSettings settings(String pool) {
    ca.write(folder.resolve(pool + "-ca.pem"));
    TestCa.Issued.Pem own = ca.issue("first").write(folder, pool);
    return new MemberTlsSettings(
        Optional.of(folder.resolve(pool + "-ca.pem")),
        Optional.of("app.internal"),
        Optional.of(new TlsSettings.CertificateFiles(own.certificate(), own.key())),
        MemberTlsSettings.Verify.NAME,
        List.of("http/1.1"));
  }

  /** Whether the member is trusted and sees this name of ours. */
  private boolean shows(String pool, String name) {
    HttpCheck check =
        new HttpCheck("/", Optional.empty(), StatusRanges.parse("200"), Optional.of("CN=" + name));
    try {
      ProbeConnector connector = new ProbeConnector(loop, ProxyVersion.NONE, memberTls.of(pool));
      Member member = Member.of("127.0.0.1:" + server.getAddress().getPort());
      return new HttpProbe(connector, check).probe(member, PATIENCE) instanceof ProbeResult.Passed;
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private long counted(String result) {
    return signals.counter(Metric.TLS_FILE_CHANGES, "members", result).value();
  }

  @Test
  void aChangedFileTakesEffectByItselfAndABadOneChangesNothing() throws Exception {
    memberTls.configure(Map.of("app", settings("app"), "other", settings("other")));
    Optional<ClientTls> before = memberTls.of("app");
    assertThat(shows("app", "first")).isTrue();
    Files.writeString(folder.resolve("other.pem"), "damaged");
    ca.issue("second").write(folder, "app");
    Await.until("the new one is shown", PATIENCE, () -> shows("app", "second"));
    Await.until("counted", PATIENCE, () -> counted("refused") == 1 && counted("used") == 1);
    assertThat(shows("other", "first")).as("what came before the damage").isTrue();
    assertThat(memberTls.of("app")).as("connections are not torn down").isEqualTo(before);
    TestCa.create().write(folder.resolve("app-ca.pem"));
    Await.until("no longer trusted", PATIENCE, () -> !shows("app", "second"));
    Files.delete(folder.resolve("app-ca.pem"));
    Await.until("counted", PATIENCE, () -> counted("refused") == 2);
    ca.write(folder.resolve("app-ca.pem"));
    Await.until("trusted again", PATIENCE, () -> shows("app", "second"));
  }

  @Test
  void aReloadReadsAtOnceAndChangesAllOrNothing() throws Exception {
    MemberTlsSettings app = settings("app");
    memberTls.configure(Map.of("app", app));
    ca.issue("second").write(folder, "app");
    memberTls.reload();
    assertThat(shows("app", "second")).isTrue();
    ca.issue("third").write(folder, "app");
    MemberTlsSettings broken = settings("broken");
    Files.writeString(folder.resolve("broken-ca.pem"), "damaged");
    assertThatThrownBy(() -> memberTls.configure(Map.of("app", app, "broken", broken)))
        .isInstanceOf(TlsFailure.class)
        .hasMessageContaining("broken-ca.pem");
    assertThat(memberTls.of("broken")).isEmpty();
    assertThat(memberTls.of("app")).isPresent();
  }
}
