package dev.terrace.net.tls;

import dev.terrace.core.pool.Address;
import dev.terrace.core.signal.Metric;
import dev.terrace.core.signal.Signals;
import dev.terrace.net.Drain;
import dev.terrace.net.EventLoops;
import dev.terrace.net.Listeners;
import dev.terrace.net.Transport;
import dev.terrace.testkit.TestCa;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/** A TLS listener that echoes, with certificates of a test's own CA. */
final class TlsEcho implements AutoCloseable {

  static final Duration PATIENCE = Duration.ofSeconds(10);

  final TestCa ca = TestCa.create();
  final Signals signals = new Signals();
  final CertificateStore store = new CertificateStore(signals);
  final TlsServer server = store.server("echo", List.of("h2", "http/1.1"));
  final BlockingQueue<TlsSession> sessions = new LinkedBlockingQueue<>();
  private final EventLoops loops = EventLoops.start(Transport.best(), 2);
  private final Listeners listeners =
      new Listeners(loops, "echo", signals, server.secure(this::echo));

  TlsEcho() throws IOException {
    listeners.configure(List.of(Address.parse("127.0.0.1:0")), 100, PATIENCE);
  }

  private void echo(Channel client, TlsSession session) {
    sessions.add(session);
    client.pipeline().addLast(new Echo());
  }

  private static final class Echo extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      ctx.writeAndFlush(message);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
      if (event instanceof Drain) {
        ctx.close();
      }
    }
  }

  /** Serves these certificates. */
  TlsEcho serve(TestCa.Issued.Pem... files) throws TlsFailure {
    store.configure(settings(files));
    return this;
  }

  static TlsSettings settings(TestCa.Issued.Pem... files) {
    List<TlsSettings.CertificateFiles> certificates = new ArrayList<>();
    for (TestCa.Issued.Pem pair : files) {
      certificates.add(new TlsSettings.CertificateFiles(pair.certificate(), pair.key()));
    }
    return new TlsSettings(certificates, TlsSettings.Version.TLS_1_2, Optional.empty());
  }

  /** Serves a certificate, and asks clients for theirs. */
  void serveAsking(boolean required, Path clientCa, TestCa.Issued.Pem files) throws TlsFailure {
    TlsSettings plain = settings(files);
    store.configure(
        new TlsSettings(
            plain.certificates(),
            plain.minVersion(),
            Optional.of(new TlsSettings.ClientAuth(clientCa, required))));
  }

  int port() {
    return listeners.addresses().getFirst().port();
  }

  void drain() {
    listeners.drain(PATIENCE);
  }

  /** A client that asks for this server, or for none, and offers these protocols. */
  SSLSocket connect(SSLContext tls, String serverName, String... protocols) throws IOException {
    SSLSocket socket = (SSLSocket) tls.getSocketFactory().createSocket("127.0.0.1", port());
    socket.setSoTimeout(10_000);
    SSLParameters parameters = socket.getSSLParameters();
    if (!serverName.isEmpty()) {
      parameters.setServerNames(List.of(new SNIHostName(serverName)));
    }
    parameters.setApplicationProtocols(protocols);
    socket.setSSLParameters(parameters);
    return socket;
  }

  SSLSocket connect(String serverName, String... protocols) throws IOException {
    return connect(ca.clientContext(), serverName, protocols);
  }

  static int echoOf(SSLSocket socket, int value) throws IOException {
    socket.getOutputStream().write(value);
    return socket.getInputStream().read();
  }

  /** What the listener agreed on with the next client. */
  TlsSession nextSession() throws InterruptedException {
    TlsSession session = sessions.poll(10, TimeUnit.SECONDS);
    if (session == null) {
      throw new AssertionError("no handshake within 10 s");
    }
    return session;
  }

  long failures(HandshakeFault fault) {
    return signals.counter(Metric.TLS_FAILURES, "echo", fault.name()).value();
  }

  @Override
  public void close() {
    listeners.close();
    loops.close();
    store.close();
  }
}
