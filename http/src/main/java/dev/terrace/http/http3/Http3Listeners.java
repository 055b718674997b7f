package dev.terrace.http.http3;

import dev.terrace.core.pool.Address;
import dev.terrace.core.signal.Counter;
import dev.terrace.core.signal.Metric;
import dev.terrace.core.signal.Signals;
import dev.terrace.http.exchange.Deadlines;
import dev.terrace.http.exchange.FrontState;
import dev.terrace.http.exchange.StreamLimits;
import dev.terrace.net.BindFailure;
import dev.terrace.net.Drain;
import dev.terrace.net.EventLoops;
import dev.terrace.net.UdpListener;
import dev.terrace.net.tls.ServerCertificate;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.http3.Http3;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicCodecDispatcher;
import io.netty.handler.codec.quic.QuicConnectionIdGenerator;
import io.netty.handler.codec.quic.QuicSslContext;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The UDP addresses of HTTP/3, which a reload may change.
 *
 * <p>Each event loop has its own socket (SO_REUSEPORT), and the kernel deals packets out by the
 * client's address and port. A client may change those in the middle of a connection (RFC 9000,
 * section 9): so connection identifiers say which loop a connection is on, and a loop that gets
 * another's packet hands it over. A request never leaves its loop.
 */
public final class Http3Listeners implements AutoCloseable {

  /** The name of the listeners in metrics. */
  private static final String NAME = "http3";

  private static final int SOCKET_BUFFER = 1 << 20;

  /** How connections are served; those that are open keep theirs. */
  public record Settings(StreamLimits streams, Duration idleTimeout, int maxConnections) {}

  private final EventLoops loops;
  private final FrontState front;
  private final List<Deadlines> deadlines;
  private final QuicSslContext tls;
  private final RetryTokens tokens;
  private final Counter accepted;
  private final Counter refused;
  private final PacketFilter filter;
  private final AtomicInteger handshakes = new AtomicInteger();
  private final Map<Address, UdpListener> open = new LinkedHashMap<>();
  private final Set<Channel> clients = ConcurrentHashMap.newKeySet();
  private volatile @Nullable Settings settings;
  private volatile boolean draining;

  /**
   * No address yet.
   *
   * @param deadlines by index of event loop
   * @param certificates those to show, as they are at each handshake
   */
  public Http3Listeners(
      EventLoops loops,
      FrontState front,
      List<Deadlines> deadlines,
      Supplier<List<ServerCertificate>> certificates,
      Signals signals) {
    this.loops = loops;
    this.front = front;
    this.deadlines = deadlines;
    tls = new QuicCertificates(certificates).context();
    tokens = new RetryTokens(this::distrusts, signals.counter(Metric.HTTP_QUIC_RETRIES));
    accepted = signals.counter(Metric.CONNECTIONS_ACCEPTED, NAME);
    refused = signals.counter(Metric.CONNECTIONS_REFUSED, NAME);
    filter = new PacketFilter(signals.counter(Metric.HTTP_QUIC_DROPPED));
    signals.gauge(clients::size, Metric.CONNECTIONS, NAME);
  }

  /**
   * Listens on exactly these addresses from now on.
   *
   * @throws BindFailure if one cannot be opened; then nothing has changed
   */
  public synchronized void configure(List<Address> wanted, Settings wantedSettings)
      throws BindFailure {
    Map<Address, UdpListener> fresh = new LinkedHashMap<>();
    settings = wantedSettings;
    for (Address address : wanted) {
      if (!open.containsKey(address)) {
        try {
          Dispatcher dispatcher = new Dispatcher();
          fresh.put(
              address,
              UdpListener.open(
                  loops,
                  NAME,
                  address,
                  socket -> {
                    socket.config().setOption(ChannelOption.SO_RCVBUF, SOCKET_BUFFER);
                    socket.pipeline().addLast(filter, dispatcher);
                  }));
        } catch (BindFailure e) {
          fresh.values().forEach(UdpListener::close);
          throw e;
        }
      }
    }
    open.entrySet()
        .removeIf(listening -> {
          boolean gone = !wanted.contains(listening.getKey());
          if (gone) {
            listening.getValue().close();
          }
          return gone;
        });
    open.putAll(fresh);
    front.offerHttp3(wanted.isEmpty() ? 0 : wanted.getFirst().port());
  }

  private Settings settings() {
    return Objects.requireNonNull(settings, "listens nowhere yet");
  }

  private boolean distrusts() {
    return handshakes.get() >= settings().streams().quic().retryThreshold();
  }

  /** Gives each socket its own end of QUIC; packets of other loops' connections go to theirs. */
  private final class Dispatcher extends QuicCodecDispatcher {

    Dispatcher() {
      super(FirstPacket.OWN_ID);
    }

    @Override
    protected void initChannel(
        Channel socket, int idLength, QuicConnectionIdGenerator connectionIds) {
      socket.pipeline().addLast(codec(socket, idLength, connectionIds));
    }
  }

  private ChannelHandler codec(
      Channel socket, int idLength, QuicConnectionIdGenerator connectionIds) {
    int loop = loops.all().indexOf(socket.eventLoop());
    Settings by = settings();
    return Http3.newQuicServerCodecBuilder()
        .sslContext(tls)
        .localConnectionIdLength(idLength)
        .connectionIdAddressGenerator(connectionIds)
        .tokenHandler(tokens)
        .maxIdleTimeout(by.idleTimeout().toMillis(), TimeUnit.MILLISECONDS)
        .initialMaxData(by.streams().connectionWindow())
        .initialMaxStreamDataBidirectionalRemote(by.streams().streamWindow())
        .initialMaxStreamsBidirectional(by.streams().maxStreams())
        .handler(
            new ChannelInitializer<QuicChannel>() {
              @Override
              protected void initChannel(QuicChannel client) {
                admit(client, loop);
              }
            })
        .build();
  }

  private void admit(QuicChannel client, int loop) {
    if (draining || clients.size() >= settings().maxConnections()) {
      refused.increment();
      client.close();
      return;
    }
    accepted.increment();
    clients.add(client);
    client.closeFuture().addListener(closed -> clients.remove(client));
    client.pipeline().addLast(new HandshakeCount(handshakes));
    new Http3Connection(client, front, loop, deadlines.get(loop)).setUp();
  }

  /** The addresses listened on, with the ports that the system chose where 0 was asked for. */
  public synchronized List<Address> addresses() {
    return open.values().stream().map(UdpListener::address).toList();
  }

  /**
   * Takes no more connections, lets requests in hand finish until the deadline, then cuts what is
   * left. Completes when no connection is left.
   */
  public CompletableFuture<Void> drain(Duration deadline) {
    draining = true;
    List<CompletableFuture<Void>> closed = new ArrayList<>();
    for (Channel client : clients) {
      CompletableFuture<Void> done = new CompletableFuture<>();
      client.closeFuture().addListener(f -> done.complete(null));
      closed.add(done);
      client.eventLoop().execute(() -> client.pipeline().fireUserEventTriggered(Drain.EVENT));
    }
    loops.all().getFirst().schedule(this::cut, deadline.toMillis(), TimeUnit.MILLISECONDS);
    return CompletableFuture.allOf(closed.toArray(CompletableFuture<?>[]::new));
  }

  private void cut() {
    clients.forEach(Channel::close);
  }

  @Override
  public synchronized void close() {
    draining = true;
    cut();
    open.values().forEach(UdpListener::close);
    open.clear();
  }
}
