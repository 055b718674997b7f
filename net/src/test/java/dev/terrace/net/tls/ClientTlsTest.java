package dev.terrace.net.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.terrace.core.pool.Address;
import dev.terrace.net.ConnectFailure;
import dev.terrace.net.ConnectionCounts;
import dev.terrace.net.ConnectionPool;
import dev.terrace.net.EventLoops;
import dev.terrace.net.Transport;
import dev.terrace.testkit.Await;
import dev.terrace.testkit.TestCa;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A pool's connections to the JDK's TLS server. */
class ClientTlsTest {

  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final TestCa ca = TestCa.create();
  private final EventLoops loops = EventLoops.start(Transport.best(), 1);
  private final EventLoop loop = loops.all().getFirst();
  private final ConnectionCounts counts = new ConnectionCounts();
  private final CompletableFuture<String> answer = new CompletableFuture<>();
  @TempDir private Path folder;
  private Optional<ServerSocket> server = Optional.empty();
  private Address member = Address.parse("127.0.0.1:1");

  @AfterEach
  void stop() throws IOException {
    loops.close();
    if (server.isPresent()) {
      server.get().close();
    }
  }

  /** Answers each client with what it asked for and showed. */
  private void serve(boolean asksClients, String... names) throws IOException {
    SSLContext tls = ca.serverContext(ca.issue(names));
    SSLServerSocket socket =
        (SSLServerSocket)
            tls.getServerSocketFactory()
                .createServerSocket(0, 10, InetAddress.getByName("127.0.0.1"));
    socket.setNeedClientAuth(asksClients);
    serveOn(socket);
    Thread.ofPlatform().daemon().start(() -> greetAll(socket));
  }

  private void serveOn(ServerSocket socket) {
    server = Optional.of(socket);
    member = new Address("127.0.0.1", socket.getLocalPort());
  }

  private static void greetAll(SSLServerSocket socket) {
    while (!socket.isClosed()) {
      try {
        SSLSocket client = (SSLSocket) socket.accept();
        Thread.ofVirtual().start(() -> greet(client));
      } catch (IOException e) {
        return; // the test is over
      }
    }
  }

  private static void greet(SSLSocket client) {
    try (client) {
      client.setHandshakeApplicationProtocolSelector(
          (s, offered) -> offered.contains("http/1.1") ? "http/1.1" : "");
      client.startHandshake();
      String shown =
          client.getNeedClientAuth() ? client.getSession().getPeerPrincipal().getName() : "-";
      String text = client.getApplicationProtocol() + " " + shown + "\n";
      client.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      // The client went away, which is what some tests want.
    }
  }

  private final class Reader extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      ByteBuf in = (ByteBuf) message;
      answer.complete(in.toString(StandardCharsets.UTF_8).strip());
      in.release();
    }
  }

  private MemberTlsSettings settings(Optional<String> serverName, boolean verify, String protocol) {
    Optional<Path> trusted = Optional.of(ca.write(folder.resolve("ca.pem")));
    return new MemberTlsSettings(
        trusted,
        serverName,
        Optional.empty(),
        verify ? MemberTlsSettings.Verify.NAME : MemberTlsSettings.Verify.NOTHING,
        List.of(protocol));
  }

  /** What comes of a connection: "ok", or why there is none. */
  private String connect(MemberTlsSettings settings) throws Exception {
    return connect(settings, PATIENCE);
  }

  private String connect(MemberTlsSettings settings, Duration longest) throws Exception {
    try (ClientTls tls = ClientTls.open(settings)) {
      ConnectionPool.Settings limits = new ConnectionPool.Settings(PATIENCE, PATIENCE, 5);
      ConnectionPool.Setup setup =
          tls.secure(longest, channel -> channel.pipeline().addLast(new Reader()));
      ConnectionPool pool = new ConnectionPool(loops, loop, limits, counts, setup);
      CompletableFuture<String> outcome = new CompletableFuture<>();
      loop.execute(() ->
          pool.acquire(
              member,
              ConnectionPool.Reuse.ANY,
              new ConnectionPool.Acquired() {
                @Override
                public void connected(Channel channel, boolean reused) {
                  channel.writeAndFlush(Unpooled.copiedBuffer("hello", StandardCharsets.UTF_8));
                  outcome.complete("ok");
                }

                @Override
                public void failed(ConnectFailure failure, String detail) {
                  outcome.complete(failure + " " + detail);
                }
              }));
      return outcome.get(20, TimeUnit.SECONDS);
    }
  }

  private void nothingIsLeftOpen() {
    Await.until("closed", () -> counts.open(member) == 0);
  }

  @Test
  void provesTheMembersAddressOrTheServerName() throws Exception {
    serve(false, "127.0.0.1", "app.internal");
    assertThat(connect(settings(Optional.empty(), true, "http/1.1"))).isEqualTo("ok");
    assertThat(answer.get(10, TimeUnit.SECONDS)).isEqualTo("http/1.1 -");
    assertThat(connect(settings(Optional.of("app.internal"), true, "http/1.1"))).isEqualTo("ok");
    assertThat(connect(settings(Optional.of("other.internal"), true, "http/1.1")))
        .startsWith("UNREACHABLE TLS: ")
        .contains("other.internal");
    nothingIsLeftOpen();
  }

  @Test
  void trustsTheNamedCaAloneUnlessToldNotToVerify() throws Exception {
    serve(false, "app.internal");
    Path other = TestCa.create().write(folder.resolve("other.pem"));
    MemberTlsSettings distrusting =
        new MemberTlsSettings(
            Optional.of(other),
            Optional.of("app.internal"),
            Optional.empty(),
            MemberTlsSettings.Verify.NAME,
            List.of());
    assertThat(connect(distrusting)).startsWith("UNREACHABLE TLS: ");
    assertThat(connect(settings(Optional.empty(), false, "http/1.1"))).isEqualTo("ok");
  }

  @Test
  void showsItsOwnCertificate() throws Exception {
    serve(true, "127.0.0.1");
    TestCa.Issued.Pem own = ca.issue("terrace").write(folder, "own");
    MemberTlsSettings plain = settings(Optional.empty(), true, "http/1.1");
    MemberTlsSettings showing =
        new MemberTlsSettings(
            plain.ca(),
            plain.serverName(),
            Optional.of(new TlsSettings.CertificateFiles(own.certificate(), own.key())),
            MemberTlsSettings.Verify.NAME,
            plain.protocols());
    assertThat(connect(showing)).isEqualTo("ok");
    assertThat(answer.get(10, TimeUnit.SECONDS)).isEqualTo("http/1.1 CN=terrace");
  }

  @Test
  void aMemberThatDoesNotChooseHttp2IsNoHttp2Member() throws Exception {
    serve(false, "127.0.0.1");
    assertThat(connect(settings(Optional.empty(), true, "h2")))
        .isEqualTo("UNREACHABLE TLS: the member does not speak HTTP/2 (ALPN h2)");
    nothingIsLeftOpen();
  }

  @Test
  void aMemberThatDoesNotShakeHandsIsUnreachable() throws Exception {
    serveOn(new ServerSocket(0, 10, InetAddress.getByName("127.0.0.1")));
    assertThat(connect(settings(Optional.empty(), true, "http/1.1"), Duration.ofMillis(200)))
        .startsWith("UNREACHABLE TLS: handshake timed out");
    nothingIsLeftOpen();
  }

  @Test
  void namesAFileThatIsMissing() {
    MemberTlsSettings settings =
        new MemberTlsSettings(
            Optional.of(folder.resolve("none.pem")),
            Optional.empty(),
            Optional.empty(),
            MemberTlsSettings.Verify.NAME,
            List.of());
    assertThatThrownBy(() -> ClientTls.open(settings)).hasMessageContaining("no such file");
  }
}
