package dev.terrace.dns;

import static dev.terrace.dns.TestServer.addresses;
import static dev.terrace.dns.TestServer.pool;
import static org.assertj.core.api.Assertions.assertThat;

import dev.terrace.core.balance.RoundRobin;
import dev.terrace.core.pool.Member;
import dev.terrace.core.pool.MemberState;
import dev.terrace.core.pool.Pools;
import dev.terrace.core.signal.Metric;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Section;

/** Answers of a pool's members: who is named, in which turn, and who is not. */
class PoolAnswersTest {

  private static final String NAME = "www.shop.example";

  private final TestServer server = new TestServer();

  @AfterEach
  void stop() {
    server.close();
  }

  private List<String> first(int queries) throws IOException {
    List<String> first = new ArrayList<>();
    for (int i = 0; i < queries; i++) {
      first.add(server.addresses(NAME).getFirst());
    }
    return first;
  }

  @Test
  void roundRobinTakesExactTurns() throws IOException {
    server
        .pool("edges", "round-robin", "10.0.0.1:80", "10.0.0.2:80", "10.0.0.3:80")
        .zone("shop.example", "www", pool("edges", 1))
        .start();
    List<String> seen = first(9);
    assertThat(seen.subList(0, 3)).containsExactlyInAnyOrder("10.0.0.1", "10.0.0.2", "10.0.0.3");
    assertThat(seen.subList(3, 6)).isEqualTo(seen.subList(0, 3));
    assertThat(seen.subList(6, 9)).isEqualTo(seen.subList(0, 3));
  }

  @Test
  void turnsAreExactOverAllLoopsAtOnce() throws Exception {
    server
        .pool("edges", "round-robin", "10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4")
        .zone("shop.example", "www", pool("edges", 2))
        .start();
    Map<String, Integer> counts = new ConcurrentHashMap<>();
    try (ExecutorService clients = Executors.newFixedThreadPool(8)) {
      List<Future<?>> all = new ArrayList<>();
      for (int i = 0; i < 400; i++) {
        // Every query has a socket of its own, so the kernel spreads them over the loops.
        all.add(
            clients.submit(() -> {
              counts.merge(server.addresses(NAME).getFirst(), 1, Integer::sum);
              return null;
            }));
      }
      for (Future<?> one : all) {
        one.get();
      }
    }
    assertThat(counts.values()).containsExactly(100, 100, 100, 100);
  }

  @Test
  void severalAnswersMoveOnByOneTurn() throws IOException {
    server
        .pool("edges", "round-robin", "10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4")
        .zone("shop.example", "www", pool("edges", 2))
        .start();
    Set<List<String>> seen = new HashSet<>();
    for (int i = 0; i < 4; i++) {
      seen.add(server.addresses(NAME));
    }
    assertThat(seen)
        .containsExactlyInAnyOrder(
            List.of("10.0.0.1", "10.0.0.2"),
            List.of("10.0.0.2", "10.0.0.3"),
            List.of("10.0.0.3", "10.0.0.4"),
            List.of("10.0.0.4", "10.0.0.1"));
  }

  @Test
  void askingForBothFamiliesTurnsEachOnItsOwn() throws IOException {
    server
        .pool("edges", "round-robin", "10.0.0.1", "10.0.0.2", "2001:db8::1", "2001:db8::2")
        .zone("shop.example", "www", pool("edges", 1))
        .start();
    Set<String> version4 = new HashSet<>();
    Set<String> version6 = new HashSet<>();
    for (int i = 0; i < 2; i++) {
      version4.addAll(server.addresses(NAME));
      version6.addAll(addresses(server.ask(NAME, "AAAA")));
    }
    assertThat(version4).containsExactlyInAnyOrder("10.0.0.1", "10.0.0.2");
    assertThat(version6).containsExactlyInAnyOrder("2001:db8:0:0:0:0:0:1", "2001:db8:0:0:0:0:0:2");
  }

  @Test
  void weightsCountForWhoStandsFirst() throws IOException {
    server.pool("edges", "round-robin").zone("shop.example", "www", pool("edges", 8)).start();
    Member heavy = new Member(Member.of("10.0.0.2").address(), 3, "");
    server.pools.get("edges").configure(List.of(Member.of("10.0.0.1"), heavy), new RoundRobin());
    Map<String, Integer> counts = new HashMap<>();
    first(40).forEach(address -> counts.merge(address, 1, Integer::sum));
    assertThat(counts).containsEntry("10.0.0.1", 10).containsEntry("10.0.0.2", 30);
  }

  @Test
  void aMemberThatGoesDownIsGoneFromTheNextAnswerOnAndComesBack() throws IOException {
    server
        .pool("edges", "round-robin", "10.0.0.1:80", "10.0.0.2:80", "10.0.0.3:80")
        .zone("shop.example", "www", pool("edges", 8))
        .start();
    assertThat(server.addresses(NAME)).hasSize(3);
    server.health("edges", "10.0.0.2:80", MemberState.DOWN);
    assertThat(server.addresses(NAME)).containsExactlyInAnyOrder("10.0.0.1", "10.0.0.3");
    server.pools.get("edges").setDraining("10.0.0.1:80", true);
    assertThat(server.addresses(NAME)).containsExactly("10.0.0.3");
    server.health("edges", "10.0.0.2:80", MemberState.WARMING);
    assertThat(server.addresses(NAME)).containsExactlyInAnyOrder("10.0.0.2", "10.0.0.3");
    server.health("edges", "10.0.0.2:80", MemberState.UP);
    server.pools.get("edges").setDraining("10.0.0.1:80", false);
    assertThat(server.addresses(NAME)).hasSize(3);
  }

  @Test
  void withoutAHealthyMemberAllAreNamedButNotThoseDrained() throws IOException {
    server
        .pool("edges", "round-robin", "10.0.0.1", "10.0.0.2", "10.0.0.3", "2001:db8::1")
        .zone("shop.example", "www", pool("edges", 8))
        .start();
    server.health("edges", "10.0.0.1", MemberState.DOWN);
    server.health("edges", "10.0.0.2", MemberState.DOWN);
    server.pools.get("edges").setDraining("10.0.0.3", true);
    // One of the other family is still up: that family alone is answered.
    assertThat(server.ask(NAME, "A").getSection(Section.ANSWER)).isEmpty();
    assertThat(addresses(server.ask(NAME, "AAAA"))).hasSize(1);
    assertThat(server.counted(Metric.DNS_FAIL_OPEN, "edges")).isZero();

    server.health("edges", "[2001:db8::1]", MemberState.DOWN);
    assertThat(server.addresses(NAME)).containsExactlyInAnyOrder("10.0.0.1", "10.0.0.2");
    assertThat(server.counted(Metric.DNS_FAIL_OPEN, "edges")).isEqualTo(1);

    server.pools.get("edges").setDraining("10.0.0.1", true);
    server.pools.get("edges").setDraining("10.0.0.2", true);
    server.pools.get("edges").setDraining("[2001:db8::1]", true);
    assertThat(server.addresses(NAME)).hasSize(3);
  }

  @Test
  void membersThatShareAnAddressAreNamedOnceAndHostNamesNever() throws IOException {
    server
        .pool("edges", "round-robin", "127.0.0.1:9001", "127.0.0.1:9002", "localhost:9003")
        .zone("shop.example", "www", pool("edges", 8))
        .start();
    assertThat(server.addresses(NAME)).containsExactly("127.0.0.1");
    server.health("edges", "127.0.0.1:9001", MemberState.DOWN);
    assertThat(server.addresses(NAME)).containsExactly("127.0.0.1");
  }

  @Test
  void anEmptyPoolHasNoData() throws IOException {
    server.pool("edges", "round-robin").zone("shop.example", "www", pool("edges", 8)).start();
    Message reply = server.ask(NAME, "A");
    assertThat(reply.getRcode()).isEqualTo(Rcode.NOERROR);
    assertThat(reply.getSection(Section.ANSWER)).isEmpty();
    assertThat(reply.getSection(Section.AUTHORITY)).hasSize(1);
  }

  @Test
  void everyPolicyNamesDistinctMembers() throws IOException {
    server.pool("edges", "round-robin", "10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4", "10.0.0.5");
    List<String> policies =
        List.of(
            "round-robin", "least-connections", "random", "power-of-two", "ip-hash", "hash(path)");
    Object[] records = new Object[policies.size() * 2];
    for (int i = 0; i < policies.size(); i++) {
      records[2 * i] = "p" + i;
      records[2 * i + 1] = pool("edges", policies.get(i), 3);
    }
    server.zone("shop.example", records).start();
    for (int i = 0; i < policies.size(); i++) {
      for (int q = 0; q < 20; q++) {
        assertThat(server.addresses("p" + i + ".shop.example")).hasSize(3).doesNotHaveDuplicates();
      }
    }
  }

  @Test
  void aRecordsOwnPolicyOverrulesThePools() throws IOException {
    server
        .pool("edges", "ip-hash", "10.0.0.1", "10.0.0.2", "10.0.0.3")
        .zone("shop.example", "www", pool("edges", 1), "turns", pool("edges", "round-robin", 1))
        .start();
    assertThat(new HashSet<>(first(10))).hasSize(1);
    Set<String> turns = new HashSet<>();
    for (int i = 0; i < 3; i++) {
      turns.addAll(server.addresses("turns.shop.example"));
    }
    assertThat(turns).hasSize(3);
  }

  @Test
  void aPoolThatChangesItsPolicyIsFollowed() throws IOException {
    server
        .pool("edges", "ip-hash", "10.0.0.1", "10.0.0.2", "10.0.0.3")
        .zone("shop.example", "www", pool("edges", 1))
        .start();
    assertThat(new HashSet<>(first(6))).hasSize(1);
    List<Member> members =
        List.of(Member.of("10.0.0.1"), Member.of("10.0.0.2"), Member.of("10.0.0.3"));
    server.pools.configure(List.of(new Pools.Spec("edges", members, new RoundRobin())));
    assertThat(new HashSet<>(first(3))).hasSize(3);
  }
}
