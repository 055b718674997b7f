package dev.terrace.http;

import dev.terrace.config.HttpConfig;
import dev.terrace.config.ListenConfig;
import dev.terrace.config.TerraceConfig;
import dev.terrace.core.pool.Address;
import dev.terrace.core.signal.Signals;
import dev.terrace.http.exchange.ClientPeer;
import dev.terrace.http.exchange.HttpMetrics;
import dev.terrace.http.exchange.TrustedProxies;
import dev.terrace.net.BindFailure;
import dev.terrace.net.ClientAddress;
import dev.terrace.net.EventLoops;
import dev.terrace.net.Listeners;
import dev.terrace.net.TcpListener;
import dev.terrace.net.proxy.ProxyHeaders;
import dev.terrace.net.tls.CertificateStore;
import dev.terrace.net.tls.TlsServer;
import dev.terrace.net.tls.TlsSession;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.handler.ssl.ApplicationProtocolNames;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Where clients connect to: in clear text, and over TLS. */
final class ClientListeners implements AutoCloseable {

  /** The name in metrics of what listens for TLS, and its key under {@code listen}. */
  private static final String SECURE = "https";

  private static final List<String> ALPN =
      List.of(ApplicationProtocolNames.HTTP_2, ApplicationProtocolNames.HTTP_1_1);

  private final List<EventLoop> loops;
  private final List<ClientChannels> channels;
  private final Listeners clear;
  private final Listeners secure;
  private final TlsServer tls;
  private final ProxyHeaders clearHeaders;
  private final ProxyHeaders secureHeaders;

  /**
   * Listens nowhere yet.
   *
   * @param channels by index of event loop
   */
  ClientListeners(
      EventLoops loops,
      List<ClientChannels> channels,
      CertificateStore certificates,
      Signals signals) {
    this.loops = loops.all();
    this.channels = List.copyOf(channels);
    tls = certificates.server(SECURE, ALPN);
    clearHeaders = new ProxyHeaders(HttpMetrics.LISTENER, signals);
    secureHeaders = new ProxyHeaders(SECURE, signals);
    TcpListener.Setup inClear = clearHeaders.require(this::accept);
    TcpListener.Setup overTls = secureHeaders.require(tls.secure(this::accept));
    clear = new Listeners(loops, HttpMetrics.LISTENER, signals, inClear);
    secure = new Listeners(loops, SECURE, signals, overTls);
  }

  private ClientChannels channels(Channel client) {
    return channels.get(loops.indexOf(client.eventLoop()));
  }

  private static ClientPeer peer(Channel client, boolean overTls) {
    return new ClientPeer(ClientAddress.of(client).getAddress().getHostAddress(), overTls);
  }

  private void accept(Channel client) {
    channels(client).acceptClear(client, peer(client, false));
  }

  private void accept(Channel client, TlsSession session) {
    channels(client).acceptSecure(client, peer(client, true), session.protocol());
  }

  /** Whether nothing is listened on. */
  boolean isEmpty() {
    return clear.addresses().isEmpty() && secure.addresses().isEmpty();
  }

  /**
   * Listens by that file.
   *
   * @throws BindFailure if an address cannot be had; then what listened before still does
   */
  void configure(TerraceConfig file) throws BindFailure {
    HttpConfig http = file.http();
    ListenConfig listen = file.listen();
    TrustedProxies trusted = new TrustedProxies(http.trustedProxies());
    Optional<ProxyHeaders.Rule> rule =
        http.proxyProtocol()
            ? Optional.of(
                new ProxyHeaders.Rule(
                    peer -> trusted.trusts(peer.getAddress()), http.headTimeout()))
            : Optional.empty();
    clearHeaders.configure(rule);
    secureHeaders.configure(rule);
    tls.handshakeTimeout(http.headTimeout());
    int most = file.runtime().maxConnections();
    Duration drain = file.runtime().drainTimeout();
    secure.configure(listen.https(), most, drain);
    clear.configure(listen.http(), most, drain);
  }

  /** The addresses of clear text. */
  List<Address> addresses() {
    return clear.addresses();
  }

  /** The addresses of TLS. */
  List<Address> secureAddresses() {
    return secure.addresses();
  }

  CompletableFuture<Void> drain(Duration deadline) {
    return CompletableFuture.allOf(clear.drain(deadline), secure.drain(deadline));
  }

  @Override
  public void close() {
    clear.close();
    secure.close();
  }
}
