package dev.terrace.dns;

import static dev.terrace.dns.TestServer.addresses;
import static dev.terrace.dns.TestServer.fixed;
import static dev.terrace.dns.TestServer.pool;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.xbill.DNS.ClientSubnetOption;
import org.xbill.DNS.EDNSOption;
import org.xbill.DNS.ExtendedFlags;
import org.xbill.DNS.Flags;
import org.xbill.DNS.GenericEDNSOption;
import org.xbill.DNS.Message;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Section;
import org.xbill.DNS.SimpleResolver;

/** EDNS0, its options, and what happens to replies that are too large. */
class EdnsTest {

  private static final TestServer SERVER = new TestServer();

  @BeforeAll
  static void start() throws IOException {
    SERVER
        .pool("edges", "ip-hash", members(8))
        .pool("turns", "round-robin", members(8))
        .zone(
            "shop.example",
            "www",
            fixed("192.0.2.10"),
            "many",
            fixed(members(64)),
            "thirty",
            fixed(members(30)),
            "by-client",
            pool("edges", 1),
            "in-turn",
            pool("turns", 1))
        .start();
  }

  @AfterAll
  static void stop() {
    SERVER.close();
  }

  private static String[] members(int count) {
    return IntStream.range(1, count + 1).mapToObj(i -> "10.0.0." + i).toArray(String[]::new);
  }

  private static Message query(String name, int payload, int version, EDNSOption... options)
      throws IOException {
    Message query = TestServer.query(name, "A");
    query.addRecord(
        new OPTRecord(payload, 0, version, ExtendedFlags.DO, List.of(options)), Section.ADDITIONAL);
    return query;
  }

  private static Message udp(Message query) throws IOException {
    byte[] reply = SERVER.rawUdp(query.toWire(), 5000);
    assertThat(reply).isNotNull();
    return new Message(reply);
  }

  @Test
  void anOptRecordIsAnsweredWithOurs() throws IOException {
    Message reply = udp(query("www.shop.example", 4096, 0));
    OPTRecord opt = reply.getOPT();
    assertThat(opt.getPayloadSize()).isEqualTo(1232);
    assertThat(opt.getVersion()).isZero();
    assertThat(opt.getFlags()).isEqualTo(ExtendedFlags.DO);
    assertThat(opt.getOptions()).isEmpty();
    assertThat(addresses(reply)).containsExactly("192.0.2.10");
  }

  @Test
  void withoutAnOptRecordThereIsNone() throws IOException {
    assertThat(udp(TestServer.query("www.shop.example", "A")).getOPT()).isNull();
  }

  @Test
  void anotherVersionIsBadvers() throws IOException {
    Message reply = udp(query("www.shop.example", 4096, 1));
    assertThat(reply.getRcode()).isEqualTo(Rcode.BADVERS);
    assertThat(reply.getOPT().getVersion()).isZero();
    assertThat(reply.getSection(Section.ANSWER)).isEmpty();
  }

  @Test
  void unknownOptionsAreIgnored() throws IOException {
    Message reply =
        udp(query("www.shop.example", 4096, 0, new GenericEDNSOption(65001, new byte[20])));
    assertThat(reply.getRcode()).isEqualTo(Rcode.NOERROR);
    assertThat(reply.getOPT().getOptions()).isEmpty();
  }

  /** 64 records of 16 bytes behind header and question of 35 are 1059, with OPT 1070. */
  @ParameterizedTest
  @CsvSource({
    "many, 0, true",
    "many, 100, true",
    "many, 512, true",
    "many, 1069, true",
    "many, 1070, false",
    "many, 1232, false",
    "many, 65535, false",
    "thirty, 0, true",
    "thirty, 525, true"
  })
  void whatDoesNotFitIsTruncated(String name, int payload, boolean truncated) throws IOException {
    Message query =
        payload == 0
            ? TestServer.query(name + ".shop.example", "A")
            : query(name + ".shop.example", payload, 0);
    byte[] wire = SERVER.rawUdp(query.toWire(), 5000);
    assertThat(wire).isNotNull().hasSizeLessThanOrEqualTo(Math.clamp(payload, 512, 1232));
    Message reply = new Message(wire);
    assertThat(reply.getHeader().getFlag(Flags.TC)).isEqualTo(truncated);
    assertThat(reply.getSection(Section.ANSWER).isEmpty()).isEqualTo(truncated);
    assertThat(reply.getOPT() == null).isEqualTo(payload == 0);
  }

  @Test
  void aTruncatedReplyIsHadOverTcp() throws IOException {
    SimpleResolver resolver = SERVER.resolver();
    Message reply = resolver.send(TestServer.query("many.shop.example", "A"));
    assertThat(reply.getHeader().getFlag(Flags.TC)).isFalse();
    assertThat(new HashSet<>(addresses(reply))).hasSize(64);
  }

  @Test
  void aSubnetIsHashedAndReturnedWithItsScope() throws IOException {
    Map<String, Set<String>> bySubnet = new HashMap<>();
    for (int i = 0; i < 40; i++) {
      InetAddress client = InetAddress.getByName("203.0." + i + ".0");
      for (int q = 0; q < 2; q++) {
        Message reply =
            udp(query("by-client.shop.example", 1232, 0, new ClientSubnetOption(24, client)));
        ClientSubnetOption told = (ClientSubnetOption) reply.getOPT().getOptions().getFirst();
        assertThat(told.getSourcePrefixLength()).isEqualTo(24);
        assertThat(told.getScopePrefixLength()).isEqualTo(24);
        assertThat(told.getAddress()).isEqualTo(client);
        bySubnet.computeIfAbsent("" + client, c -> new HashSet<>()).addAll(addresses(reply));
      }
    }
    assertThat(bySubnet.values()).allSatisfy(answers -> assertThat(answers).hasSize(1));
    assertThat(new HashSet<>(bySubnet.values())).hasSizeGreaterThan(4);
  }

  @Test
  void aVersion6SubnetIsHashedToo() throws IOException {
    InetAddress client = InetAddress.getByName("2001:db8:1200::");
    Message reply =
        udp(query("by-client.shop.example", 1232, 0, new ClientSubnetOption(40, client)));
    ClientSubnetOption told = (ClientSubnetOption) reply.getOPT().getOptions().getFirst();
    assertThat(told.getScopePrefixLength()).isEqualTo(40);
    assertThat(told.getAddress()).isEqualTo(client);
  }

  @Test
  void anAnswerThatDoesNotDependOnTheClientHasScopeZero() throws IOException {
    InetAddress client = InetAddress.getByName("203.0.113.0");
    for (String name : List.of("www", "in-turn", "nothing")) {
      Message reply =
          udp(query(name + ".shop.example", 1232, 0, new ClientSubnetOption(24, client)));
      ClientSubnetOption told = (ClientSubnetOption) reply.getOPT().getOptions().getFirst();
      assertThat(told.getScopePrefixLength()).isZero();
    }
  }

  @Test
  void aSubnetOfNoBitsIsReturnedAndTheResolverHashed() throws IOException {
    for (byte[] none : List.of(new byte[] {0, 1, 0, 0}, new byte[] {0, 0, 0, 0})) {
      Message query = query("by-client.shop.example", 1232, 0, new GenericEDNSOption(8, none));
      byte[] reply = SERVER.rawUdp(query.toWire(), 5000);
      // By hand: dnsjava does not know family 0. The option ends the message.
      assertThat(reply).isNotNull().endsWith(0, 8, 0, 4, 0, none[1], 0, 0);
      assertThat(reply != null && (reply[3] & 0xF) == Rcode.NOERROR).isTrue();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "00 01 18 00 CB 00 71 00, FORMERR", // an octet too many
    "00 01 18 00 CB 00, FORMERR", // one too few
    "00 01 18 08 CB 00 71, FORMERR", // a scope in a query
    "00 01 17 00 CB 00 71, FORMERR", // a bit set beyond the prefix
    "00 01 21 00 CB 00 71 01 01, FORMERR", // longer than an IPv4 address
    "00 01 18, FORMERR", // too short for the fixed part
    "00 63 18 00 CB 00 71, NOERROR", // a family that nobody knows counts as no option
    "00 63 F8 00 CB, NOERROR",
  })
  void aMalformedSubnetIsFormerr(String hex, String rcode) throws IOException {
    byte[] data = java.util.HexFormat.ofDelimiter(" ").parseHex(hex);
    // By hand: dnsjava refuses to make some of these.
    byte[] plain = TestServer.query("www.shop.example", "A").toWire();
    byte[] opt = {0, 0, 41, 4, (byte) 208, 0, 0, 0, 0, 0, (byte) (data.length + 4)};
    byte[] head = {0, 8, 0, (byte) data.length};
    byte[] query = concat(concat(plain, opt), concat(head, data));
    query[11] = 1;
    byte[] reply = SERVER.rawUdp(query, 5000);
    assertThat(reply).isNotNull();
    assertThat(new Message(reply).getRcode()).isEqualTo(Rcode.value(rcode));
  }

  static byte[] concat(byte[] a, byte[] b) {
    byte[] both = java.util.Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, both, a.length, b.length);
    return both;
  }

  @Test
  void ednsWorksOverTcp() throws IOException {
    try (Socket socket = SERVER.connect()) {
      TestServer.writeFramed(socket, query("many.shop.example", 512, 0).toWire());
      Message reply = TestServer.readFramed(new DataInputStream(socket.getInputStream()));
      assertThat(reply.getSection(Section.ANSWER)).hasSize(64);
      assertThat(reply.getOPT()).isNotNull();
    }
  }
}
