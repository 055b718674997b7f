package dev.terrace.dns;

import static dev.terrace.dns.TestServer.alias;
import static dev.terrace.dns.TestServer.delegation;
import static dev.terrace.dns.TestServer.fixed;
import static dev.terrace.dns.TestServer.pool;
import static org.assertj.core.api.Assertions.assertThat;

import dev.terrace.core.pool.Pools;
import dev.terrace.core.signal.Signals;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.ClientSubnetOption;
import org.xbill.DNS.CookieOption;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Section;

/** Random and mutated messages: each gets silence or a reply that dnsjava can read. */
class FuzzTest {

  private static final long SEED = 20261123;

  private final TestServer server = new TestServer();
  private final Random random = new Random(SEED);
  private List<byte[]> corpus = List.of();

  @BeforeEach
  void start() throws IOException {
    System.out.println("FuzzTest seed " + SEED);
    String[] many = IntStream.range(1, 65).mapToObj(i -> "2001:db8::" + i).toArray(String[]::new);
    server
        .pool("edges", "ip-hash", "10.0.0.1", "10.0.0.2", "2001:db8::1")
        .zone(
            "shop.example",
            "www",
            pool("edges", 8),
            "many",
            fixed(many),
            "alias",
            alias("www"),
            "far",
            alias("x.y.z.elsewhere.test"),
            "*.wild",
            alias("alias"),
            "sub",
            delegation("ns.sub.shop.example", "many"),
            "ns.sub",
            fixed("192.0.2.1"))
        .start();
    corpus = corpus();
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private static List<byte[]> corpus() throws IOException {
    List<byte[]> corpus = new ArrayList<>();
    for (String name : List.of("www", "many", "alias", "far", "x.wild", "a.sub", "none")) {
      for (String type : List.of("A", "AAAA", "ANY", "NS", "SOA", "DS")) {
        Message query = TestServer.query(name + ".shop.example", type);
        corpus.add(query.toWire());
        query.addRecord(
            new OPTRecord(
                4096,
                0,
                0,
                0,
                List.of(
                    new ClientSubnetOption(24, InetAddress.getByName("192.0.2.0")),
                    new CookieOption(new byte[8]))),
            Section.ADDITIONAL);
        corpus.add(query.toWire());
      }
    }
    return corpus;
  }

  private byte[] message() {
    if (random.nextInt(10) == 0) {
      byte[] noise = new byte[random.nextInt(600)];
      random.nextBytes(noise);
      if (noise.length > 5 && random.nextBoolean()) {
        // As a query, so that more than the first check is met.
        noise[2] &= 0x07;
        noise[4] = 0;
        noise[5] = 1;
      }
      return noise;
    }
    byte[] message = corpus.get(random.nextInt(corpus.size())).clone();
    int changes = 1 + random.nextInt(4);
    for (int i = 0; i < changes; i++) {
      message = mutated(message);
    }
    return message;
  }

  private byte[] mutated(byte[] message) {
    if (message.length == 0) {
      return message;
    }
    int at = random.nextInt(message.length);
    switch (random.nextInt(6)) {
      case 0 -> message[at] ^= (byte) (1 << random.nextInt(8));
      case 1 -> message[at] = (byte) random.nextInt();
      case 2 -> message[at] = (byte) (0xC0 | random.nextInt(4));
      case 3 -> {
        return Arrays.copyOf(message, at);
      }
      case 4 -> {
        byte[] tail = new byte[random.nextInt(40)];
        random.nextBytes(tail);
        return EdnsTest.concat(message, tail);
      }
      default -> {
        byte[] other = corpus.get(random.nextInt(corpus.size()));
        System.arraycopy(other, 0, message, 0, Math.min(at, other.length));
      }
    }
    return message;
  }

  private static void assertWellFormed(byte[] query, byte[] reply) {
    try {
      Message parsed = new Message(reply);
      assertThat(parsed.getHeader().getFlag(Flags.QR)).isTrue();
      assertThat(parsed.getHeader().getID())
          .isEqualTo(((query[0] & 0xFF) << 8) | (query[1] & 0xFF));
      // dnsjava makes no complaint of bytes behind the message.
      assertThat(parsed.numBytes()).isEqualTo(reply.length);
      assertThat(reply.length).isLessThanOrEqualTo(ReplyWriter.EDNS_MAX);
    } catch (IOException e) {
      throw new AssertionError(
          "unreadable reply to " + java.util.HexFormat.of().formatHex(query), e);
    }
  }

  @Test
  void theResponderAlwaysRepliesWellOrNotAtAll() {
    Pools pools = new Pools();
    server.configurePools();
    pools.configure(
        server.pools.all().stream()
            .map(p ->
                new Pools.Spec(
                    p.name(),
                    p.snapshot().members().stream().map(m -> m.member()).toList(),
                    p.policy()))
            .toList());
    Zones zones = ZoneBuilder.build(server.file(), pools, new Signals());
    Responder responder = new Responder();
    int replies = 0;
    long until = System.nanoTime() + 1_500_000_000L;
    int count = 0;
    while (count < 20_000 || System.nanoTime() < until) {
      count++;
      byte[] query = message();
      ByteBuf out = Unpooled.buffer();
      if (responder.respond(zones, Unpooled.wrappedBuffer(query), out, true, () -> 5) == null) {
        assertThat(out.isReadable()).isFalse();
        continue;
      }
      byte[] reply = new byte[out.readableBytes()];
      out.readBytes(reply);
      assertWellFormed(query, reply);
      replies++;
    }
    assertThat(replies).isGreaterThan(count / 2);
  }

  /**
   * Behind each message goes a query that is answered for certain: what comes first is the
   * message's reply.
   */
  @Test
  void theUdpServerSurvivesAndAnswersStill() throws IOException {
    byte[] fence = TestServer.query("fence.shop.example", "A").toWire();
    int replies = 0;
    try (DatagramSocket socket = new DatagramSocket()) {
      socket.connect(server.address());
      socket.setSoTimeout(5000);
      for (int i = 0; i < 3000; i++) {
        byte[] query = message();
        socket.send(new DatagramPacket(query, query.length));
        socket.send(new DatagramPacket(fence, fence.length));
        byte[] reply = receive(socket);
        if (!isReplyTo(fence, reply)) {
          assertWellFormed(query, reply);
          assertThat(isReplyTo(fence, receive(socket))).as("one reply to each").isTrue();
          replies++;
        }
      }
    }
    assertThat(replies).isGreaterThan(1000);
    assertThat(server.addresses("www.shop.example")).hasSize(2);
  }

  private static byte[] receive(DatagramSocket socket) throws IOException {
    DatagramPacket packet = new DatagramPacket(new byte[65535], 65535);
    socket.receive(packet);
    return Arrays.copyOf(packet.getData(), packet.getLength());
  }

  /** Whether id and question are the query's. */
  private static boolean isReplyTo(byte[] query, byte[] reply) {
    return reply.length >= query.length
        && query[0] == reply[0]
        && query[1] == reply[1]
        && Arrays.equals(query, 12, query.length, reply, 12, query.length);
  }

  @Test
  void theTcpServerSurvivesAndAnswersStill() throws IOException {
    for (int i = 0; i < 300; i++) {
      try (Socket socket = server.connect()) {
        for (int k = 0; k < 10; k++) {
          TestServer.writeFramed(socket, message());
        }
        byte[] noise = new byte[random.nextInt(200)];
        random.nextBytes(noise);
        socket.getOutputStream().write(noise);
        socket.shutdownOutput();
        DataInputStream in = new DataInputStream(socket.getInputStream());
        for (int high = in.read(); high >= 0; high = in.read()) {
          byte[] reply = new byte[(high << 8) | in.read()];
          in.readFully(reply);
          assertThat(new Message(reply).numBytes()).isEqualTo(reply.length);
        }
      } catch (java.net.SocketException reset) {
        // The server closed while we were still writing: its right.
      }
    }
    assertThat(server.addresses("www.shop.example")).hasSize(2);
  }
}
