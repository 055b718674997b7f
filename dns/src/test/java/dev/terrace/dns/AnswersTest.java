package dev.terrace.dns;

import static dev.terrace.dns.TestServer.addresses;
import static dev.terrace.dns.TestServer.alias;
import static dev.terrace.dns.TestServer.delegation;
import static dev.terrace.dns.TestServer.fixed;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Opcode;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/** What is answered from a file without pools: the rules of the RFCs, one by one. */
class AnswersTest {

  private static final TestServer SERVER = new TestServer();

  @BeforeAll
  static void start() throws IOException {
    SERVER
        .zone(
            "shop.example",
            List.of("ns1.shop.example", "ns2.other.example"),
            "@",
            fixed("192.0.2.1"),
            "ns1",
            fixed("192.0.2.53", "2001:db8::53"),
            "www",
            fixed("192.0.2.10", "2001:db8::10"),
            "a.deep.down",
            fixed("192.0.2.11"),
            "alias",
            alias("www.shop.example"),
            "chain",
            alias("alias"),
            "outside",
            alias("www.elsewhere.test"),
            "dangling",
            alias("nothing"),
            "loop-a",
            alias("loop-b"),
            "loop-b",
            alias("loop-a"),
            "to-apex",
            alias("@"),
            "into-sub",
            alias("x.sub.shop.example."),
            "to-nodata",
            alias("v4only"),
            "v4only",
            fixed("192.0.2.12"),
            "sub",
            delegation("ns.sub.shop.example", "ns1", "ns.elsewhere.test."),
            "ns.sub",
            fixed("192.0.2.54"),
            "*.wild",
            fixed("192.0.2.20"),
            "known.wild",
            fixed("192.0.2.21"),
            "below.ent.wild",
            fixed("192.0.2.22"),
            "*.walias",
            alias("x.walias.shop.example"),
            "MiXed",
            fixed("192.0.2.23"))
        .zone("child.shop.example", "www", fixed("192.0.2.99"))
        .zone("ns-default.example", "ns", fixed("192.0.2.2"))
        .start();
  }

  @AfterAll
  static void stop() {
    SERVER.close();
  }

  private static Message ask(String name, String type) throws IOException {
    return SERVER.ask(name, type);
  }

  private static void assertNegative(Message reply, int rcode, String zone) {
    assertThat(reply.getRcode()).isEqualTo(rcode);
    assertThat(reply.getHeader().getFlag(Flags.AA)).isTrue();
    List<Record> authority = reply.getSection(Section.AUTHORITY);
    assertThat(authority).hasSize(1);
    SOARecord soa = (SOARecord) authority.getFirst();
    assertThat(soa.getName()).hasToString(zone);
    assertThat(soa.getTTL()).isEqualTo(17);
    assertThat(soa.getMinimum()).isEqualTo(17);
  }

  @ParameterizedTest
  @CsvSource({
    "www.shop.example, A, 192.0.2.10",
    "WWW.Shop.EXAMPLE, A, 192.0.2.10",
    "www.shop.example, AAAA, 2001:db8:0:0:0:0:0:10",
    "shop.example, A, 192.0.2.1",
    "a.deep.down.shop.example, A, 192.0.2.11",
    "mixed.shop.example, A, 192.0.2.23",
    "www.child.shop.example, A, 192.0.2.99",
    "any.wild.shop.example, A, 192.0.2.20",
    "any.thing.wild.shop.example, A, 192.0.2.20",
    "known.wild.shop.example, A, 192.0.2.21",
    "*.wild.shop.example, A, 192.0.2.20",
  })
  void aNameAnswersWithItsAddressAlone(String name, String type, String address)
      throws IOException {
    Message reply = ask(name, type);
    assertThat(reply.getRcode()).isEqualTo(Rcode.NOERROR);
    assertThat(reply.getHeader().getFlag(Flags.AA)).isTrue();
    assertThat(reply.getHeader().getFlag(Flags.RA)).isFalse();
    assertThat(reply.getHeader().getFlag(Flags.RD)).isTrue();
    assertThat(addresses(reply)).containsExactly(address);
    Record answer = reply.getSection(Section.ANSWER).getFirst();
    assertThat(answer.getName()).hasToString(name + ".");
    assertThat(answer.getTTL()).isEqualTo(30);
    assertThat(reply.getSection(Section.AUTHORITY)).isEmpty();
    assertThat(reply.getSection(Section.ADDITIONAL)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "nothing.shop.example, shop.example.",
    "below.www.shop.example, shop.example.",
    "x.known.wild.shop.example, shop.example.",
    "x.ent.wild.shop.example, shop.example.",
    "nothing.child.shop.example, child.shop.example.",
  })
  void aNameThatDoesNotExistIsNxdomainWithTheSoa(String name, String zone) throws IOException {
    assertNegative(ask(name, "A"), Rcode.NXDOMAIN, zone);
  }

  @ParameterizedTest
  @CsvSource({
    "v4only.shop.example, AAAA",
    "www.shop.example, TXT",
    "www.shop.example, NS",
    "www.shop.example, SOA",
    "deep.down.shop.example, A",
    "down.shop.example, ANY",
    "wild.shop.example, A",
    "ent.wild.shop.example, A",
    "any.wild.shop.example, AAAA",
  })
  void aNameWithoutThatTypeIsNodataWithTheSoa(String name, String type) throws IOException {
    Message reply = ask(name, type);
    assertNegative(reply, Rcode.NOERROR, "shop.example.");
    assertThat(reply.getSection(Section.ANSWER)).isEmpty();
  }

  @Test
  void theApexTellsSoaAndServers() throws IOException {
    SOARecord soa = (SOARecord) ask("shop.example", "SOA").getSection(Section.ANSWER).getFirst();
    assertThat(soa.getHost()).hasToString("ns1.shop.example.");
    assertThat(soa.getAdmin()).hasToString("hostmaster.shop.example.");
    assertThat(soa.getSerial()).isNotZero();
    assertThat(soa.getTTL()).isEqualTo(3600);
    assertThat(addresses(ask("shop.example", "NS")))
        .containsExactly("ns1.shop.example.", "ns2.other.example.");
  }

  @Test
  void withoutServersInTheFileNsIsTheServerElseTheZoneItself() throws IOException {
    assertThat(addresses(ask("ns-default.example", "NS")))
        .containsExactly("ns.ns-default.example.");
    assertThat(addresses(ask("child.shop.example", "NS"))).containsExactly("child.shop.example.");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "alias.shop.example | A | www.shop.example. 192.0.2.10",
        "chain.shop.example | AAAA | alias.shop.example. www.shop.example. 2001:db8:0:0:0:0:0:10",
        "chain.shop.example | CNAME | alias.shop.example.",
        "chain.shop.example | ANY | alias.shop.example.",
        "outside.shop.example | A | www.elsewhere.test.",
        "to-apex.shop.example | A | shop.example. 192.0.2.1",
        "to-apex.shop.example | NS | shop.example. ns1.shop.example. ns2.other.example.",
        "into-sub.shop.example | A | x.sub.shop.example.",
        "loop-a.shop.example | A | loop-b.shop.example. loop-a.shop.example.",
        "q.walias.shop.example | A | x.walias.shop.example.",
      })
  void anAliasIsFollowedWithinOurZones(String name, String type, String expected)
      throws IOException {
    Message reply = ask(name, type);
    assertThat(reply.getRcode()).isEqualTo(Rcode.NOERROR);
    assertThat(reply.getHeader().getFlag(Flags.AA)).isTrue();
    assertThat(String.join(" ", addresses(reply))).isEqualTo(expected);
    assertThat(reply.getSection(Section.AUTHORITY)).isEmpty();
  }

  @Test
  void anAliasOfNothingIsNxdomainAndOfAnEmptyNameNodata() throws IOException {
    Message dangling = ask("dangling.shop.example", "A");
    assertNegative(dangling, Rcode.NXDOMAIN, "shop.example.");
    assertThat(addresses(dangling)).containsExactly("nothing.shop.example.");
    Message nodata = ask("to-nodata.shop.example", "AAAA");
    assertNegative(nodata, Rcode.NOERROR, "shop.example.");
    assertThat(addresses(nodata)).containsExactly("v4only.shop.example.");
  }

  @ParameterizedTest
  @CsvSource({
    "sub.shop.example, A",
    "sub.shop.example, NS",
    "sub.shop.example, ANY",
    "x.y.sub.shop.example, A",
    "ns.sub.shop.example, A",
    "x.sub.shop.example, DS",
  })
  void aDelegatedNameIsReferredWithTheGlueWeKnow(String name, String type) throws IOException {
    Message reply = ask(name, type);
    assertThat(reply.getRcode()).isEqualTo(Rcode.NOERROR);
    assertThat(reply.getHeader().getFlag(Flags.AA)).isFalse();
    assertThat(reply.getSection(Section.ANSWER)).isEmpty();
    assertThat(reply.getSection(Section.AUTHORITY))
        .allSatisfy(r -> assertThat(r.getName()).hasToString("sub.shop.example."))
        .allSatisfy(r -> assertThat(r.getType()).isEqualTo(Type.NS))
        .extracting(Record::rdataToString)
        .containsExactly("ns.sub.shop.example.", "ns1.shop.example.", "ns.elsewhere.test.");
    assertThat(reply.getSection(Section.ADDITIONAL))
        .extracting(r -> r.getName() + " " + r.rdataToString())
        .containsExactly(
            "ns.sub.shop.example. 192.0.2.54",
            "ns1.shop.example. 192.0.2.53",
            "ns1.shop.example. 2001:db8:0:0:0:0:0:53");
  }

  @Test
  void theDsOfADelegatedNameIsTheParentsToTell() throws IOException {
    assertNegative(ask("sub.shop.example", "DS"), Rcode.NOERROR, "shop.example.");
    assertNegative(ask("child.shop.example", "DS"), Rcode.NOERROR, "shop.example.");
    assertNegative(ask("shop.example", "DS"), Rcode.NOERROR, "shop.example.");
  }

  @Test
  void anyIsAnsweredWithHinfo() throws IOException {
    Record answer = ask("www.shop.example", "ANY").getSection(Section.ANSWER).getFirst();
    assertThat(answer.rdataToString()).isEqualTo("\"RFC8482\" \"\"");
    assertThat(ask("any.wild.shop.example", "ANY").getSection(Section.ANSWER).getFirst().getName())
        .hasToString("any.wild.shop.example.");
    assertThat(ask("shop.example", "ANY").getSection(Section.ANSWER)).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({"www.elsewhere.test, A", "example, SOA", "xshop.example, A", "shop.example, AXFR"})
  void whatIsNotOursIsRefused(String name, String type) throws IOException {
    // As a plain query: dnsjava would start a transfer.
    Message reply = new Message(SERVER.rawUdp(TestServer.query(name, type).toWire(), 5000));
    assertThat(reply.getRcode()).isEqualTo(Rcode.REFUSED);
    assertThat(reply.getHeader().getFlag(Flags.AA)).isFalse();
    assertThat(reply.getQuestion().getName()).hasToString(name + ".");
  }

  @ParameterizedTest
  @CsvSource({"CH", "HS", "ANY"})
  void otherClassesAreRefused(String dnsClass) throws IOException {
    Message query =
        Message.newQuery(
            Record.newRecord(Name.fromString("version.bind."), Type.TXT, DClass.value(dnsClass)));
    assertThat(SERVER.resolver().send(query).getRcode()).isEqualTo(Rcode.REFUSED);
  }

  @ParameterizedTest
  @CsvSource({"NOTIFY", "UPDATE", "STATUS", "IQUERY"})
  void otherOpcodesAreNotImplemented(String opcode) throws IOException {
    Message query = TestServer.query("www.shop.example", "A");
    query.getHeader().setOpcode(Opcode.value(opcode));
    Message reply = new Message(SERVER.rawUdp(query.toWire(), 5000));
    assertThat(reply.getRcode()).isEqualTo(Rcode.NOTIMP);
    assertThat(reply.getHeader().getOpcode()).isEqualTo(Opcode.value(opcode));
    assertThat(reply.getHeader().getID()).isEqualTo(query.getHeader().getID());
  }

  @Test
  void theCaseOfTheQuestionIsKept() throws IOException {
    byte[] query = TestServer.query("wWw.sHOP.exaMPLe", "A").toWire();
    byte[] reply = SERVER.rawUdp(query, 5000);
    assertThat(java.util.Arrays.copyOfRange(reply, 12, query.length))
        .isEqualTo(java.util.Arrays.copyOfRange(query, 12, query.length));
  }

  @Test
  void repliesAreCompressed() throws IOException {
    // Header 12, question 22, and each record a 2-byte owner, 10 fixed bytes and its data.
    assertThat(SERVER.rawUdp(TestServer.query("www.shop.example", "A").toWire(), 5000))
        .hasSize(12 + 22 + 12 + 4);
    // CNAME to www.shop.example: the label and a pointer; then its owner is a pointer as well.
    assertThat(SERVER.rawUdp(TestServer.query("alias.shop.example", "A").toWire(), 5000))
        .hasSize(12 + 24 + 12 + 6 + 12 + 4);
  }
}
