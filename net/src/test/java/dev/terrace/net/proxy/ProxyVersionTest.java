package dev.terrace.net.proxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.terrace.core.pool.Address;
import dev.terrace.core.signal.Signals;
import dev.terrace.net.ClientAddress;
import dev.terrace.net.ConnectFailure;
import dev.terrace.net.ConnectionCounts;
import dev.terrace.net.ConnectionPool;
import dev.terrace.net.ConnectionPool.Reuse;
import dev.terrace.net.EventLoops;
import dev.terrace.net.Listeners;
import dev.terrace.net.ProxyVersion;
import dev.terrace.net.Transport;
import dev.terrace.testkit.Await;
import dev.terrace.testkit.RawClient;
import io.netty.channel.Channel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What members are told of clients, and who may use such a connection. */
class ProxyVersionTest {

  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final EventLoops loops = EventLoops.start(Transport.best(), 1);
  private final ConnectionCounts counts = new ConnectionCounts();
  private final BlockingQueue<Channel> clients = new LinkedBlockingQueue<>();
  private final Listeners listeners = new Listeners(loops, "echo", new Signals(), clients::add);
  private final List<AutoCloseable> opened = new ArrayList<>();
  private ServerSocket server;
  private Address member;

  @BeforeEach
  void start() throws IOException {
    server = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
    server.setSoTimeout(10_000);
    member = new Address("127.0.0.1", server.getLocalPort());
    listeners.configure(List.of(Address.parse("127.0.0.1:0")), 100, PATIENCE);
  }

  @AfterEach
  void stop() throws Exception {
    for (AutoCloseable one : opened) {
      one.close();
    }
    listeners.close();
    loops.close();
    server.close();
  }

  private record Client(RawClient raw, Channel channel) {}

  private Client client() throws Exception {
    RawClient raw = RawClient.connect(listeners.addresses().getFirst().port());
    opened.add(raw);
    Channel channel = clients.poll(10, TimeUnit.SECONDS);
    assertThat(channel).isNotNull();
    return new Client(raw, java.util.Objects.requireNonNull(channel));
  }

  private ConnectionPool pool(ProxyVersion version, int max) {
    return new ConnectionPool(
        loops,
        loops.all().getFirst(),
        new ConnectionPool.Settings(PATIENCE, PATIENCE, max, version),
        counts,
        channel -> {});
  }

  private Channel acquire(ConnectionPool pool, @Nullable Client client) {
    CompletableFuture<Channel> outcome = new CompletableFuture<>();
    ConnectionPool.Acquired acquired =
        new ConnectionPool.Acquired() {
          @Override
          public void connected(Channel channel, boolean reused) {
            outcome.complete(channel);
          }

          @Override
          public void failed(ConnectFailure failure, String detail) {
            outcome.completeExceptionally(new IOException(failure + " " + detail));
          }
        };
    loops
        .all()
        .getFirst()
        .execute(() ->
            pool.acquire(member, client == null ? null : client.channel(), Reuse.ANY, acquired));
    return outcome.join();
  }

  private void release(ConnectionPool pool, Channel channel) {
    CompletableFuture.runAsync(() -> pool.release(channel), loops.all().getFirst()).join();
  }

  /** The first bytes that the member gets of its next connection. */
  private byte[] received(int length) throws IOException {
    Socket socket = server.accept();
    opened.add(socket);
    socket.setSoTimeout(10_000);
    return socket.getInputStream().readNBytes(length);
  }

  @Test
  void version1IsALine() throws Exception {
    Client client = client();
    acquire(pool(ProxyVersion.V1, 5), client);
    String line =
        "PROXY TCP4 127.0.0.1 127.0.0.1 "
            + client.raw().socket().getLocalPort()
            + " "
            + client.raw().socket().getPort()
            + "\r\n";
    assertThat(new String(received(line.length()), ISO_8859_1)).isEqualTo(line);
  }

  @Test
  void version2IsBinary() throws Exception {
    Client client = client();
    acquire(pool(ProxyVersion.V2, 5), client);
    String ports =
        String.format(
            "%04x%04x", client.raw().socket().getLocalPort(), client.raw().socket().getPort());
    assertThat(HexFormat.of().formatHex(received(28)))
        .isEqualTo("0d0a0d0a000d0a515549540a" + "2111000c" + "7f0000017f000001" + ports);
  }

  @Test
  void ourOwnConnectionsSaySo() throws Exception {
    acquire(pool(ProxyVersion.V1, 5), null);
    assertThat(new String(received(15), ISO_8859_1)).isEqualTo("PROXY UNKNOWN\r\n");
    acquire(pool(ProxyVersion.V2, 5), null);
    assertThat(HexFormat.of().formatHex(received(16)))
        .isEqualTo("0d0a0d0a000d0a515549540a" + "20000000");
  }

  @Test
  void whatAPeerBeforeUsToldIsPassedOnAcrossFamilies() throws Exception {
    Client client = client();
    ClientAddress.set(
        client.channel(),
        new java.net.InetSocketAddress(InetAddress.getByName("2001:db8::7"), 40_000));
    acquire(pool(ProxyVersion.V1, 5), client);
    String line =
        "PROXY TCP6 2001:db8:0:0:0:0:0:7 0:0:0:0:0:ffff:7f00:1 40000 "
            + client.raw().socket().getPort()
            + "\r\n";
    assertThat(new String(received(line.length()), ISO_8859_1)).isEqualTo(line);
  }

  @Test
  void aConnectionServesItsClientAloneAndEndsWithIt() throws Exception {
    ConnectionPool pool = pool(ProxyVersion.V2, 5);
    Client first = client();
    Client second = client();
    Channel ofFirst = acquire(pool, first);
    release(pool, ofFirst);
    Channel ofSecond = acquire(pool, second);
    assertThat(ofSecond).isNotSameAs(ofFirst);
    assertThat(acquire(pool, first)).isSameAs(ofFirst);
    release(pool, ofFirst);
    release(pool, ofSecond);
    first.raw().close();
    first.channel().close();
    Await.until("closed with its client", () -> !ofFirst.isActive());
    assertThat(ofSecond.isActive()).isTrue();
    assertThat(counts.idle(member)).isOne();
  }

  @Test
  void connectionsThatWaitForTheirClientsGiveWayAtTheLimit() throws Exception {
    ConnectionPool pool = pool(ProxyVersion.V2, 1);
    Channel waiting = acquire(pool, client());
    release(pool, waiting);
    Channel other = acquire(pool, client());
    assertThat(waiting.isActive()).isFalse();
    assertThat(other.isActive()).isTrue();
  }

  @Test
  void withoutHeadersConnectionsAreShared() throws Exception {
    ConnectionPool pool = pool(ProxyVersion.NONE, 5);
    Channel channel = acquire(pool, client());
    release(pool, channel);
    assertThat(acquire(pool, client())).isSameAs(channel);
  }
}
