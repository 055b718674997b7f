package dev.terrace.net.health;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.terrace.core.health.ProbeResult;
import dev.terrace.core.pool.Member;
import dev.terrace.net.ProxyVersion;
import dev.terrace.net.tls.ClientTls;
import dev.terrace.net.tls.MemberTlsSettings;
import dev.terrace.testkit.TestCa;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Checks of a member that wants each connection to begin with a PROXY header. */
class ProxiedProbeTest {

  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final String V1 = "PROXY UNKNOWN\r\n";
  private static final String V2 = "\r\n\r\n\0\r\nQUIT\n \0\0\0";

  private final ProbeLoop loop = new ProbeLoop();
  private final BlockingQueue<String> begun = new LinkedBlockingQueue<>();
  private final TestCa ca = TestCa.create();
  private ServerSocket server;
  private volatile int headerLength;
  private volatile boolean secured;
  @TempDir private Path folder;

  @BeforeEach
  void start() throws IOException {
    server = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
    Thread.ofPlatform().daemon().start(this::serve);
  }

  @AfterEach
  void stop() throws IOException {
    loop.close();
    server.close();
  }

  private void serve() {
    while (!server.isClosed()) {
      try (Socket client = server.accept()) {
        answer(client);
      } catch (IOException e) {
        // The check went away, or the test is over.
      }
    }
  }

  private void answer(Socket client) throws IOException {
    begun.add(new String(client.getInputStream().readNBytes(headerLength), ISO_8859_1));
    Socket http = client;
    if (secured) {
      http =
          ca.serverContext(ca.issue("app.internal"))
              .getSocketFactory()
              .createSocket(client, new ByteArrayInputStream(new byte[0]), false);
    }
    InputStream in = http.getInputStream();
    StringBuilder head = new StringBuilder();
    for (int b = in.read(); b >= 0 && head.indexOf("\r\n\r\n") < 0; b = in.read()) {
      head.append((char) b);
      if (head.toString().equals("GET / HTTP/1.1\r\n")) {
        http.getOutputStream().write("HTTP/1.1 204 No Content\r\n\r\n".getBytes(ISO_8859_1));
      }
    }
  }

  private ProbeResult probe(Probe probe) throws InterruptedException {
    return probe.probe(Member.of("127.0.0.1:" + server.getLocalPort()), TIMEOUT);
  }

  private ProbeResult get(ProxyVersion version, Optional<ClientTls> tls)
      throws InterruptedException {
    return probe(new HttpProbe(new ProbeConnector(loop, version, tls), HttpCheck.of("/")));
  }

  private String next() throws InterruptedException {
    return String.valueOf(begun.poll(10, TimeUnit.SECONDS));
  }

  @Test
  void checksByHttpSayThatTheyAreForNoClient() throws Exception {
    headerLength = V1.length();
    assertThat(get(ProxyVersion.V1, Optional.empty())).isEqualTo(new ProbeResult.Passed());
    assertThat(next()).isEqualTo(V1);
    headerLength = V2.length();
    assertThat(get(ProxyVersion.V2, Optional.empty())).isEqualTo(new ProbeResult.Passed());
    assertThat(next()).isEqualTo(V2);
    headerLength = 0;
    assertThat(get(ProxyVersion.NONE, Optional.empty())).isEqualTo(new ProbeResult.Passed());
  }

  @Test
  void checksByTcpDoToo() throws Exception {
    headerLength = V1.length();
    assertThat(probe(new TcpProbe(loop, ProxyVersion.V1))).isEqualTo(new ProbeResult.Passed());
    assertThat(next()).isEqualTo(V1);
    headerLength = V2.length();
    assertThat(probe(new TcpProbe(loop, ProxyVersion.V2))).isEqualTo(new ProbeResult.Passed());
    assertThat(next()).isEqualTo(V2);
  }

  @Test
  void theHeaderComesBeforeTls() throws Exception {
    headerLength = V2.length();
    secured = true;
    MemberTlsSettings settings =
        new MemberTlsSettings(
            Optional.of(ca.write(folder.resolve("ca.pem"))),
            Optional.of("app.internal"),
            Optional.empty(),
            MemberTlsSettings.Verify.NAME,
            List.of("http/1.1"));
    try (ClientTls tls = ClientTls.open(settings)) {
      assertThat(get(ProxyVersion.V2, Optional.of(tls))).isEqualTo(new ProbeResult.Passed());
    }
    assertThat(next()).isEqualTo(V2);
  }
}
