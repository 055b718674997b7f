package dev.terrace.dns;

import static dev.terrace.dns.TestServer.alias;
import static dev.terrace.dns.TestServer.delegation;
import static dev.terrace.dns.TestServer.fixed;
import static dev.terrace.dns.TestServer.pool;
import static org.assertj.core.api.Assertions.assertThat;

import dev.terrace.core.pool.MemberState;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is said of a query without sending it. */
class DnsExplainTest {

  private final TestServer server = new TestServer();

  @BeforeEach
  void file() {
    server
        .pool("edges", "round-robin", "10.0.0.1", "10.0.0.2", "2001:db8::1", "edge.test:80")
        .zone(
            "shop.example",
            "www",
            pool("edges", 1),
            "fixed",
            fixed("192.0.2.1"),
            "alias",
            alias("www"),
            "out",
            alias("www.elsewhere.test"),
            "loop",
            alias("loop"),
            "*.wild",
            fixed("192.0.2.2"),
            "sub",
            delegation("ns.elsewhere.test"))
        .configurePools();
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private List<String> explain(String name, String type) {
    return DnsExplain.explain(server.file(), server.pools, name, type).steps().stream()
        .map(s -> s.tier() + " " + s.subject() + " " + s.choice() + ": " + s.reason())
        .toList();
  }

  @Test
  void everyMemberIsSaidToBeChosenOrWhyNot() {
    server.health("edges", "10.0.0.2", MemberState.DOWN);
    assertThat(explain("alias.shop.example", "A"))
        .containsExactly(
            "dns zone shop.example.: the deepest zone of ours that holds alias.shop.example.",
            "dns record alias.shop.example.: the name itself, an alias of www.shop.example.",
            "dns ttl 30 s: how long a resolver may keep it",
            "dns zone shop.example.: the deepest zone of ours that holds www.shop.example.",
            "dns record www.shop.example.: the name itself",
            "dns pool edges: round-robin over the healthy members",
            "dns member 10.0.0.1: 10.0.0.1, answer 1 of 1: round-robin (another query, another turn)",
            "dns member [2001:db8::1]: 2001:db8:0:0:0:0:0:1, left out: not an IPv4 address",
            "dns member 10.0.0.2: left out: DOWN: test",
            "dns member edge.test:80: left out: its host is a name, not an IP address",
            "dns ttl 30 s: how long a resolver may keep it");
  }

  @Test
  void failingOpenIsSaid() {
    server.health("edges", "10.0.0.1", MemberState.DOWN);
    server.health("edges", "10.0.0.2", MemberState.DOWN);
    server.health("edges", "[2001:db8::1]", MemberState.DOWN);
    assertThat(explain("www.shop.example", "AAAA"))
        .contains("dns pool edges: no member is healthy: all are answered with (fail-open)");
  }

  @Test
  void otherOutcomesAreSaid() {
    assertThat(explain("x.wild.shop.example", "A"))
        .contains(
            "dns record *.wild.shop.example.: no name of its own, the wildcard matches",
            "dns address 192.0.2.2: listed in the file");
    assertThat(explain("fixed.shop.example", "AAAA"))
        .contains(
            "dns record NODATA: no IPv6 address to answer with",
            "dns ttl 17 s: negative-ttl of shop.example. (RFC 2308)");
    assertThat(explain("fixed.shop.example", "TXT"))
        .contains("dns record NODATA: fixed.shop.example. has no record of that type");
    assertThat(explain("fixed.shop.example", "ANY"))
        .contains("dns record HINFO: ANY is not served: the answer says RFC8482");
    assertThat(explain("none.shop.example", "A"))
        .contains("dns record NXDOMAIN: nothing by that name, and no *.shop.example.");
    assertThat(explain("a.sub.shop.example", "A"))
        .contains(
            "dns record sub.shop.example.: delegated: the answer is a referral to"
                + " [ns.elsewhere.test.]");
    assertThat(explain("shop.example", "NS").get(1)).contains("servers [shop.example.]");
    assertThat(explain("elsewhere.test", "A"))
        .containsExactly("dns zone REFUSED: elsewhere.test. is in no zone of ours");
    assertThat(explain("out.shop.example", "A").getLast())
        .isEqualTo(
            "dns zone none: www.elsewhere.test. is in no zone of ours: the resolver asks others");
    assertThat(explain("loop.shop.example", "A").getLast()).contains("the aliases lead back here");
    assertThat(explain("alias.shop.example", "CNAME").getLast()).contains("30 s");
  }
}
