package dev.terrace.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrace.core.signal.Metric;
import dev.terrace.net.tls.TlsSettings;
import dev.terrace.net.tls.TlsSettings.CertificateFiles;
import dev.terrace.testkit.Await;
import dev.terrace.testkit.Seeded;
import dev.terrace.testkit.TestCa;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.ref.PhantomReference;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Datagrams that anybody may send to the port of HTTP/3: they take no memory and fill no log. */
class Http3DatagramsTest {

  private static final TestCa CA = TestCa.create();
  private static final int SHORT = 0x40;
  private static final int INITIAL = 0xc0;
  private static final int HANDSHAKE = 0xe0;
  private static final int RETRY = 0xf0;

  @TempDir Path folder;
  private Backend member;
  private Proxy proxy;
  private DatagramSocket socket;

  @BeforeEach
  void start() throws Exception {
    TestCa.Issued.Pem shop = CA.issue("shop.example").write(folder, "shop");
    member = Backend.answering(request -> Backend.ok("here"));
    proxy =
        Proxy.of(
            """
            listen: {https: '127.0.0.1:0'}
            tls: {certificates: [{certificate: %s, key: %s}]}
            pools: {app: {members: [%s]}}
            http: {http3: true, idle-timeout: 3s, routes: [{match: {path: /*}, pool: app}]}
            """
                .formatted(shop.certificate(), shop.key(), member.address()));
    proxy.certificates.configure(
        new TlsSettings(
            List.of(new CertificateFiles(shop.certificate(), shop.key())),
            TlsSettings.Version.TLS_1_2,
            Optional.empty()));
    socket = new DatagramSocket();
    socket.setSoTimeout(10_000);
  }

  @AfterEach
  void stop() throws Exception {
    socket.close();
    proxy.close();
    member.close();
  }

  private void send(byte[] bytes) throws IOException {
    InetAddress here = InetAddress.getLoopbackAddress();
    socket.send(new DatagramPacket(bytes, bytes.length, here, proxy.http3Port()));
  }

  private long dropped() {
    return proxy.counter(Metric.HTTP_QUIC_DROPPED);
  }

  private void answersRequests() throws Exception {
    try (Http3Client client = Http3Client.to(proxy.http3Port(), "shop.example", CA)) {
      assertThat(client.get("/").body()).isEqualTo("here");
    }
  }

  /** A packet with a long header: lengths of identifiers as they are written, and as they are. */
  private static byte[] packet(
      int first, int version, int idLength, int idBytes, int sourceLength, byte... rest) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(first);
    for (int shift = 24; shift >= 0; shift -= 8) {
      out.write(version >> shift);
    }
    out.write(idLength);
    out.writeBytes(new byte[idBytes]);
    out.write(sourceLength);
    out.writeBytes(new byte[Math.min(sourceLength, 20)]);
    out.writeBytes(rest);
    return out.toByteArray();
  }

  private static byte[] padded(byte[] packet, int length) {
    return Arrays.copyOf(packet, length);
  }

  private static byte[] initial(int version, byte... token) {
    return padded(packet(INITIAL, version, 8, 8, 8, token), 1200);
  }

  private static Map<String, byte[]> hostile() {
    Map<String, byte[]> all = new LinkedHashMap<>();
    Seeded random = Seeded.of(3);
    all.put("nothing", new byte[0]);
    for (int length = 1; length <= 20; length++) {
      byte[] bytes = random.bytes(length);
      bytes[0] = SHORT;
      all.put("short header, bytes in all: " + length, bytes);
    }
    for (int length = 1; length <= 50; length++) {
      byte[] bytes = random.bytes(length);
      bytes[0] = (byte) INITIAL;
      all.put("long header, bytes in all: " + length, bytes);
    }
    all.put("no room for an identifier's length", new byte[] {(byte) HANDSHAKE, 0, 0, 0, 1});
    all.put("identifier longer than the packet", packet(HANDSHAKE, 1, 20, 4, 0));
    all.put("source identifier longer than the packet", padded(packet(HANDSHAKE, 1, 8, 8, 20), 20));
    all.put("identifier over 20 bytes", padded(packet(HANDSHAKE, 1, 21, 21, 0), 1200));
    all.put("identifier of 255 bytes", padded(packet(INITIAL, 1, 255, 255, 0), 1200));
    all.put("source identifier over 20 bytes", padded(packet(HANDSHAKE, 1, 8, 8, 21), 1200));
    all.put("version negotiation", packet(INITIAL, 0, 8, 8, 8, (byte) 0, (byte) 1));
    all.put("Retry", padded(packet(RETRY, 1, 8, 8, 8), 100));
    all.put("Initial in a small datagram", Arrays.copyOf(initial(1), 1199));
    all.put("Initial with an identifier under 8 bytes", padded(packet(INITIAL, 1, 7, 7, 0), 1200));
    byte[] huge = new byte[8];
    Arrays.fill(huge, (byte) 0xff);
    all.put("token longer than the packet", initial(1, huge));
    all.put("token longer than the packet by a byte", initial(1, (byte) 0x44, (byte) 0x98));
    return all;
  }

  @Test
  void whatNoClientSendsIsDroppedAndCounted() throws Exception {
    long count = 0;
    for (Map.Entry<String, byte[]> datagram : hostile().entrySet()) {
      send(datagram.getValue());
      count++;
      long expected = count;
      Await.until("dropped: " + datagram.getKey(), () -> dropped() == expected);
    }
    assertThat(proxy.counter(Metric.CONNECTIONS_ACCEPTED, "http3")).isZero();
    answersRequests();
    assertThat(dropped()).isEqualTo(count);
  }

  @Test
  void whatClientsMaySendPasses() throws Exception {
    send(padded(new byte[] {SHORT}, 21));
    send(packet(HANDSHAKE, 1, 20, 20, 20));
    send(packet(HANDSHAKE, 1, 0, 0, 0));
    send(initial(1, (byte) 0x44, (byte) 0x97));
    // From one address all come to one socket, one after the other.
    send(new byte[0]);
    Await.until("the last", () -> dropped() == 1);
  }

  @Test
  void aClientOfAnotherVersionIsToldOfOurs() throws Exception {
    send(initial(0x1a2a3a4a));
    byte[] answer = new byte[1500];
    DatagramPacket received = new DatagramPacket(answer, answer.length);
    socket.receive(received);
    assertThat(answer[0] & 0x80).isNotZero();
    assertThat(Arrays.copyOfRange(answer, 1, 5)).containsOnly(0);
    assertThat(dropped()).isZero();
  }

  @Test
  void anyDatagramsLeaveNothingBehind() throws Exception {
    Queue<String> leaks = new ConcurrentLinkedQueue<>();
    Queue<String> logged = new ConcurrentLinkedQueue<>();
    Handler listening = listening(logged);
    Logger log = Logger.getLogger("io.netty");
    log.addHandler(listening);
    collect();
    try {
      ByteBufUtil.setLeakListener((type, records) -> leaks.add(records));
      Seeded.run(11, this::flood);
      answersRequests();
      assertThat(dropped()).isGreaterThan(500);
      // What looks like a client's first packet gets a connection, which comes to nothing.
      assertThat(proxy.counter(Metric.CONNECTIONS_ACCEPTED, "http3")).isGreaterThan(1);
      Await.until("no clients", () -> proxy.gauge(Metric.CONNECTIONS, "http3") == 0);
      collect();
    } finally {
      ByteBufUtil.setLeakListener(null);
      log.removeHandler(listening);
    }
    assertThat(leaks).isEmpty();
    assertThat(logged).isEmpty();
  }

  private void flood(Seeded random) throws IOException {
    List<byte[]> good = new ArrayList<>(hostile().values());
    good.add(initial(1));
    good.add(initial(1, (byte) 4, (byte) 1));
    good.add(padded(new byte[] {SHORT}, 41));
    for (int i = 0; i < 3000; i++) {
      byte[] bytes =
          switch (i % 3) {
            case 0 -> random.bytes(random.nextInt(60));
            case 1 -> random.bytes(random.nextInt(1400));
            default -> random.mutate(random.pick(good));
          };
      send(bytes);
    }
  }

  /** Lets the garbage collector find all buffers that were lost until now, and Netty tell of it. */
  private static void collect() {
    for (int round = 0; round < 3; round++) {
      ReferenceQueue<Object> found = new ReferenceQueue<>();
      PhantomReference<Object> lost = new PhantomReference<>(new Object(), found);
      try {
        Await.until(
            "collected",
            () -> {
              System.gc();
              return found.poll() != null;
            });
      } finally {
        Reference.reachabilityFence(lost);
      }
      ByteBufAllocator.DEFAULT.buffer(16).release();
    }
  }

  private static Handler listening(Queue<String> logged) {
    return new Handler() {
      @Override
      public void publish(LogRecord entry) {
        logged.add(entry.getMessage());
      }

      @Override
      public void flush() {}

      @Override
      public void close() {}
    };
  }
}
