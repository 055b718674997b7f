package dev.terrace.dns;

import static dev.terrace.dns.TestServer.addresses;
import static dev.terrace.dns.TestServer.fixed;
import static dev.terrace.dns.TestServer.pool;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.terrace.config.TerraceConfig;
import dev.terrace.core.pool.Address;
import dev.terrace.core.signal.Metric;
import dev.terrace.net.BindFailure;
import dev.terrace.net.EventLoops;
import dev.terrace.net.Transport;
import dev.terrace.testkit.Await;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Section;

/** The front's life: configure, reload, drain, close, and what it counts. */
class DnsFrontTest {

  private final TestServer server = new TestServer();

  @AfterEach
  void stop() {
    server.close();
  }

  private TestServer shop(String address) {
    return server.zone("shop.example", "www", fixed(address));
  }

  @Test
  void aReloadChangesAnswersAndKeepsConnectionsAndPorts() throws IOException {
    shop("192.0.2.1").start();
    Address before = server.front.addresses().getFirst();
    try (Socket socket = server.connect()) {
      DataInputStream in = new DataInputStream(socket.getInputStream());
      byte[] query = TestServer.query("www.shop.example", "A").toWire();
      TestServer.writeFramed(socket, query);
      assertThat(addresses(TestServer.readFramed(in))).containsExactly("192.0.2.1");
      shop("192.0.2.2").start();
      TestServer.writeFramed(socket, query);
      assertThat(addresses(TestServer.readFramed(in))).containsExactly("192.0.2.2");
    }
    assertThat(server.front.addresses()).containsExactly(before);
    assertThat(server.addresses("www.shop.example")).containsExactly("192.0.2.2");
  }

  @Test
  void aReloadOpensNewAddressesAndClosesOthers() throws IOException {
    shop("192.0.2.1").start();
    Address first = server.front.addresses().getFirst();
    server.listen = List.of(Address.parse("127.0.0.2:0"), Address.parse("127.0.0.1:0"));
    server.start();
    assertThat(server.front.addresses()).contains(first).hasSize(2);
    server.listen = List.of(Address.parse("127.0.0.2:0"));
    server.start();
    assertThat(server.front.addresses()).extracting(Address::host).containsExactly("127.0.0.2");
    assertThat(server.addresses("www.shop.example")).containsExactly("192.0.2.1");
    assertThatThrownBy(() -> new Socket(first.host(), first.port()).close())
        .isInstanceOf(IOException.class);
  }

  @Test
  void aPortThatIsTakenChangesNothing() throws IOException {
    shop("192.0.2.1").start();
    List<Address> before = server.front.addresses();
    try (ServerSocket taken = new ServerSocket(0)) {
      server.listen =
          List.of(Address.parse("127.0.0.1:0"), new Address("127.0.0.1", taken.getLocalPort()));
      shop("192.0.2.2");
      TerraceConfig file = server.file();
      assertThatThrownBy(() -> server.front.configure(file))
          .isInstanceOf(BindFailure.class)
          .hasMessageContaining("listen.dns");
      assertThat(server.front.addresses()).isEqualTo(before);
      assertThat(server.addresses("www.shop.example")).containsExactly("192.0.2.1");
    }
  }

  @Test
  void aRecordOfAPoolThatIsNotThereChangesNothing() throws IOException {
    shop("192.0.2.1").start();
    server.zone("shop.example", "www", pool("missing", 1));
    TerraceConfig file = server.file();
    assertThatThrownBy(() -> server.front.configure(file))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("missing");
    assertThat(server.addresses("www.shop.example")).containsExactly("192.0.2.1");
  }

  @Test
  void theSerialChangesWithTheFileAndOnlyThen() throws IOException {
    shop("192.0.2.1").start();
    long first = serial();
    server.start();
    assertThat(serial()).isEqualTo(first);
    shop("192.0.2.2").start();
    long second = serial();
    assertThat(second).isNotEqualTo(first);
    shop("192.0.2.1").start();
    assertThat(serial()).isEqualTo(first);
  }

  private long serial() throws IOException {
    return ((SOARecord) server.ask("shop.example", "SOA").getSection(Section.ANSWER).getFirst())
        .getSerial();
  }

  @Test
  void drainEndsListeningAndIdleConnectionsAndAnswersWhatIsHere() throws Exception {
    shop("192.0.2.1").start();
    Address address = server.front.addresses().getFirst();
    try (Socket idle = server.connect();
        Socket asking = server.connect()) {
      DataInputStream in = new DataInputStream(asking.getInputStream());
      TestServer.writeFramed(asking, TestServer.query("www.shop.example", "A").toWire());
      assertThat(addresses(TestServer.readFramed(in))).hasSize(1);
      Await.until(
          "both are accepted", () -> server.counted(Metric.CONNECTIONS_ACCEPTED, "dns") == 2);
      CompletableFuture<Void> drained = server.front.drain(Duration.ofSeconds(5));
      assertThat(idle.getInputStream().read()).isEqualTo(-1);
      assertThat(in.read()).isEqualTo(-1);
      drained.get(4, TimeUnit.SECONDS);
    }
    assertThatThrownBy(() -> new Socket(address.host(), address.port()).close())
        .isInstanceOf(IOException.class);
  }

  @Test
  void queriesAreCountedByRcodeAndBadMessagesAsProtocolErrors() throws IOException {
    shop("192.0.2.1").start();
    server.addresses("www.shop.example");
    server.ask("none.shop.example", "A");
    server.ask("www.elsewhere.test", "A");
    assertThat(server.counted(Metric.DNS_QUERIES, "NOERROR")).isEqualTo(1);
    assertThat(server.counted(Metric.DNS_QUERIES, "NXDOMAIN")).isEqualTo(1);
    assertThat(server.counted(Metric.DNS_QUERIES, "REFUSED")).isEqualTo(1);
    byte[] twoQuestions = TestServer.query("www.shop.example", "A").toWire();
    twoQuestions[5] = 2;
    byte[] reply = server.rawUdp(twoQuestions, 5000);
    assertThat(reply).isNotNull();
    assertThat(new org.xbill.DNS.Message(reply).getRcode()).isEqualTo(Rcode.FORMERR);
    assertThat(server.counted(Metric.PROTOCOL_ERRORS, "dns")).isEqualTo(1);
    byte[] answer = TestServer.query("www.shop.example", "A").toWire();
    answer[2] |= (byte) 0x80;
    assertThat(server.rawUdp(answer, 200)).isNull();
    assertThat(server.rawUdp(new byte[11], 200)).isNull();
    assertThat(server.counted(Metric.PROTOCOL_ERRORS, "dns")).isEqualTo(3);
  }

  @Test
  void aFileWithoutDnsAddressesListensNowhere() throws IOException {
    shop("192.0.2.1");
    server.listen = List.of();
    server.start();
    assertThat(server.front.addresses()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void everyTransportServes(Transport transport) throws IOException {
    Assumptions.assumeTrue(transport.available(), transport + " is not available here");
    shop("192.0.2.1").configurePools();
    try (EventLoops loops = EventLoops.start(transport, 2);
        DnsFront front = new DnsFront(loops, server.pools, server.signals)) {
      front.configure(server.file());
      Address address = front.addresses().getFirst();
      org.xbill.DNS.SimpleResolver resolver =
          new org.xbill.DNS.SimpleResolver(
              new java.net.InetSocketAddress(address.host(), address.port()));
      for (boolean tcp : new boolean[] {false, true}) {
        resolver.setTCP(tcp);
        assertThat(addresses(resolver.send(TestServer.query("www.shop.example", "A"))))
            .containsExactly("192.0.2.1");
      }
    }
  }
}
