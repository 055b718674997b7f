package dev.terrace.net.proxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.terrace.core.pool.Address;
import dev.terrace.core.signal.Metric;
import dev.terrace.core.signal.Signals;
import dev.terrace.net.ClientAddress;
import dev.terrace.net.EventLoops;
import dev.terrace.net.Listeners;
import dev.terrace.net.Transport;
import dev.terrace.net.proxy.ProxyHeaders.Refusal;
import dev.terrace.testkit.Await;
import dev.terrace.testkit.RawClient;
import dev.terrace.testkit.Seeded;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A listener behind load balancers: it answers with the client's address, then echoes. */
class ProxyHeadersTest {

  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final String SIGNATURE = "0d0a0d0a000d0a515549540a";

  private final Signals signals = new Signals();
  private final EventLoops loops = EventLoops.start(Transport.best(), 1);
  private final ProxyHeaders headers = new ProxyHeaders("echo", signals);
  private final Listeners listeners =
      new Listeners(loops, "echo", signals, headers.require(ProxyHeadersTest::greet));

  private static void greet(Channel client) {
    String who = ClientAddress.of(client).toString();
    client.writeAndFlush(client.alloc().buffer().writeBytes((who + "\n").getBytes(ISO_8859_1)));
    client
        .pipeline()
        .addLast(
            new ChannelInboundHandlerAdapter() {
              @Override
              public void channelRead(ChannelHandlerContext ctx, Object message) {
                ctx.writeAndFlush((ByteBuf) message);
              }
            });
  }

  @BeforeEach
  void listen() throws IOException {
    listeners.configure(List.of(Address.parse("127.0.0.1:0")), 100, PATIENCE);
    require(InetAddress::isLoopbackAddress, PATIENCE);
  }

  @AfterEach
  void stop() {
    listeners.close();
    loops.close();
  }

  private void require(Predicate<InetAddress> trusted, Duration longest) {
    headers.configure(Optional.of(new ProxyHeaders.Rule(trusted, longest)));
  }

  private RawClient connect() throws IOException {
    return RawClient.connect(listeners.addresses().getFirst().port());
  }

  private long refused(Refusal why) {
    return signals.counter(Metric.PROXY_REFUSED, "echo", why.name()).value();
  }

  private static byte[] version2(String rest) {
    return HexFormat.of().parseHex(SIGNATURE + rest);
  }

  @Test
  void takesTheClientsAddressFromVersion1() throws IOException {
    try (RawClient client = connect()) {
      client.send("PROXY TCP4 192.0.2.7 198.51.100.1 40000 443\r\nhello");
      assertThat(client.readUntil("hello")).isEqualTo("/192.0.2.7:40000\nhello");
    }
    try (RawClient client = connect()) {
      client.send("PROXY TCP6 2001:db8::7 2001:db8::1 40000 443\r\n");
      assertThat(client.readUntil("\n")).isEqualTo("/[2001:db8:0:0:0:0:0:7]:40000\n");
    }
  }

  @Test
  void takesTheClientsAddressFromVersion2() throws IOException {
    try (RawClient client = connect()) {
      // With an extra of the sender's own (type E0) after the addresses.
      client.send(
          version2("2111" + "0010" + "c0000207" + "c6336401" + "9c40" + "01bb" + "e0000141"));
      client.send("hello");
      assertThat(client.readUntil("hello")).isEqualTo("/192.0.2.7:40000\nhello");
    }
    try (RawClient client = connect()) {
      String from = "20010db8000000000000000000000007";
      client.send(version2("2121" + "0024" + from + from + "9c40" + "01bb"));
      assertThat(client.readUntil("\n")).isEqualTo("/[2001:db8:0:0:0:0:0:7]:40000\n");
    }
  }

  @Test
  void keepsTheSocketsAddressWhereTheHeaderNamesNone() throws IOException {
    for (byte[] header :
        List.of("PROXY UNKNOWN\r\n".getBytes(ISO_8859_1), version2("2000" + "0000"))) {
      try (RawClient client = connect()) {
        client.send(header);
        assertThat(client.readUntil("\n"))
            .isEqualTo("/127.0.0.1:" + client.socket().getLocalPort() + "\n");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET / HTTP/1.1\r\nHost: shop.example\r\n\r\n",
        "PROXY TCP4 192.0.2.7 198.51.100.1 40000\r\n",
        "PROXY TCP4 192.0.2.300 198.51.100.1 40000 443\r\n",
        "PROXY TCP4 192.0.2.7 198.51.100.1 400000 443\r\n",
        "PROXY TCP6 192.0.2.7 198.51.100.1 40000 443\r\n",
        "PROXY TCP4 host.example host.example 40000 443\r\n",
        "\r\n\r\n\0\r\nQUIT\n!\021\0\004abcd"
      })
  void closesWhatIsNoHeader(String sent) throws IOException {
    try (RawClient client = connect()) {
      assertThat(client.send(sent).readAll()).isEmpty();
    }
    Await.until("counted", () -> refused(Refusal.MALFORMED) == 1);
  }

  @Test
  void closesStrangersAndLateHeaders() throws IOException {
    require(peer -> false, PATIENCE);
    try (RawClient client = connect()) {
      client.send("PROXY TCP4 192.0.2.7 198.51.100.1 40000 443\r\n");
      assertThat(client.readAll()).isEmpty();
    }
    assertThat(refused(Refusal.STRANGER)).isOne();
    require(peer -> true, Duration.ofMillis(100));
    try (RawClient client = connect()) {
      client.send("PROXY TCP4 192.0.2.7 ");
      assertThat(client.isClosedWithin(PATIENCE)).isTrue();
    }
    assertThat(refused(Refusal.LATE)).isOne();
    headers.configure(Optional.empty());
    try (RawClient client = connect()) {
      assertThat(client.readUntil("\n")).startsWith("/127.0.0.1:");
    }
  }

  /** Damaged headers, cut anywhere: an address and then the rest untouched, or an end. */
  @Test
  void anyBytesAreUnderstoodOrRefused() {
    List<byte[]> valid =
        List.of(
            "PROXY TCP4 192.0.2.7 198.51.100.1 40000 443\r\n".getBytes(ISO_8859_1),
            "PROXY UNKNOWN\r\n".getBytes(ISO_8859_1),
            version2("2111" + "000c" + "c0000207" + "c6336401" + "9c40" + "01bb"));
    require(peer -> true, Duration.ofMillis(200));
    Seeded.rounds(
        11,
        150,
        random -> {
          boolean damaged = random.nextInt(4) > 0;
          byte[] header = random.pick(valid);
          ByteArrayOutputStream sent = new ByteArrayOutputStream();
          sent.write(damaged ? random.mutate(header) : header);
          sent.write("the rest".getBytes(ISO_8859_1));
          try (RawClient client = connect()) {
            int cut = random.nextInt(sent.size());
            client.send(java.util.Arrays.copyOf(sent.toByteArray(), cut));
            client.send(java.util.Arrays.copyOfRange(sent.toByteArray(), cut, sent.size()));
            String answer = client.halfClose().readAll();
            if (!damaged) {
              assertThat(answer).startsWith("/").endsWith("\nthe rest");
            } else if (!answer.isEmpty()) {
              assertThat(answer).matches("(?s)/[0-9.\\[\\]:a-f%]+:[0-9]+\n.*");
            }
          }
        });
  }
}
