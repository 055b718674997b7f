package dev.terrace.core.balance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrace.core.pool.Load;
import dev.terrace.core.pool.Member;
import dev.terrace.core.pool.MemberState;
import dev.terrace.core.pool.Pool;
import dev.terrace.core.pool.PoolMember;
import dev.terrace.core.pool.PoolSettings;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What pools do with time, zones and members that are down: all with a clock of the test's own. */
class TimeTest {

  private static final long SECOND = 1_000_000_000L;
  private static final long MILLI = 1_000_000L;

  private static List<Member> members(String... ids) {
    List<Member> members = new ArrayList<>();
    for (String id : ids) {
      String[] parts = id.split("@", -1);
      String zone = parts.length > 1 ? parts[1] : "";
      members.add(new Member(Member.of(parts[0]).address(), 1, zone));
    }
    return members;
  }

  private static PickRequest at(long now, Random random) {
    return new PickRequest(0, random.nextLong(), now, Set.of());
  }

  private static Map<String, Integer> picks(Pool pool, long now, int count) {
    Random random = new Random(count + now);
    Map<String, Integer> counts = new HashMap<>();
    for (int i = 0; i < count; i++) {
      PickRequest request = new PickRequest(random.nextLong(), random.nextLong(), now, Set.of());
      counts.merge(Members.id(pool.pick(request)), 1, Integer::sum);
    }
    return counts;
  }

  /** A closed system: so many clients, each asks again when it was answered. */
  private static Map<String, Integer> simulate(
      Pool pool, Random random, long from, long until, String slow, long slowNanos) {
    record Busy(long until, @Nullable PoolMember member, long since) {}
    PriorityQueue<Busy> busy = new PriorityQueue<>((a, b) -> Long.compare(a.until(), b.until()));
    Map<String, Integer> served = new HashMap<>();
    for (int client = 0; client < 20; client++) {
      busy.add(new Busy(from + client * MILLI, null, 0));
    }
    while (busy.element().until() < until) {
      Busy done = busy.remove();
      long now = done.until();
      PoolMember answered = done.member();
      if (answered != null) {
        answered.load().end();
        answered.load().took(now - done.since(), now);
      }
      PoolMember next = Members.picked(pool.pick(at(now, random)));
      next.load().begin();
      served.merge(next.id(), 1, Integer::sum);
      long takes = next.id().equals(slow) ? slowNanos : 5 * MILLI + random.nextInt(5_000_000);
      busy.add(new Busy(now + takes, next, now));
    }
    busy.forEach(left -> {
      PoolMember asked = left.member();
      if (asked != null) {
        asked.load().end();
      }
    });
    return served;
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {5, 20261124})
  void peakEwmaShunsAMemberWhileItIsSlowAndTriesItAgain(long seed) {
    Random random = new Random(seed);
    Pool pool = new Pool("app", members("a", "b", "c"), new PeakEwma());
    Map<String, Integer> even = simulate(pool, random, SECOND, 20 * SECOND, "", 0);
    int share = even.getOrDefault("b", 0);
    assertThat(even.get("a")).isBetween(share / 2, share * 2);
    Map<String, Integer> slow = simulate(pool, random, 20 * SECOND, 50 * SECOND, "a", 2 * SECOND);
    assertThat(slow.getOrDefault("a", 0)).as("hardly asked while slow").isBetween(1, 40);
    Map<String, Integer> after = simulate(pool, random, 50 * SECOND, 150 * SECOND, "", 0);
    assertThat(after.getOrDefault("a", 0)).as("tried again").isGreaterThan(1000);
    Map<String, Integer> back = simulate(pool, random, 150 * SECOND, 180 * SECOND, "", 0);
    share = back.getOrDefault("b", 0);
    assertThat(back.get("a")).as("all forgiven").isBetween(share / 2, share * 2);
  }

  @Test
  void latencyFadesAndReportsGrowOld() {
    Load load = new Load();
    load.took(SECOND, 100 * SECOND);
    assertThat(load.latency(100 * SECOND)).isBetween(0.99e9, 1.01e9);
    assertThat(load.latency(110 * SECOND)).isBetween(0.36e9, 0.38e9);
    load.took(2 * SECOND, 110 * SECOND);
    assertThat(load.latency(110 * SECOND)).as("up at once").isBetween(1.99e9, 2.01e9);
    load.report(3, 50 * SECOND);
    load.report(Double.NaN, 50 * SECOND);
    load.report(-1, 50 * SECOND);
    assertThat(load.reported(59 * SECOND)).isEqualTo(3);
    assertThat(load.reported(61 * SECOND)).isZero();
    assertThat(load.reported(0)).isEqualTo(3);
  }

  @Test
  void membersThatSayTheyAreBusyAreSpared() {
    Pool pool = new Pool("app", members("a", "b"), new LeastConnections());
    Members.picked(pool.pick(PickRequest.first(0)));
    pool.snapshot().find("a").orElseThrow().load().report(0.9, SECOND);
    assertThat(picks(pool, 2 * SECOND, 50)).containsOnlyKeys("b");
    assertThat(picks(pool, 20 * SECOND, 200)).as("stale").containsKeys("a", "b");
  }

  @ParameterizedTest
  @ValueSource(strings = {"round-robin", "random", "hash(path)"})
  void aMemberThatComesUpWarmsUp(String policy) {
    PoolSettings slow = new PoolSettings(0, 100 * SECOND, false, "");
    Pool pool = new Pool("app", members("a", "b"), Policies.parse(policy), slow);
    assertThat(picks(pool, SECOND, 1000).get("a"))
        .as("a start is not a recovery")
        .isGreaterThan(350);
    pool.setHealth("a", MemberState.DOWN, "x");
    pool.setHealth("a", MemberState.UP, "x");
    int first = picks(pool, 10 * SECOND, 4000).getOrDefault("a", 0);
    int half = picks(pool, 60 * SECOND, 4000).getOrDefault("a", 0);
    int all = picks(pool, 111 * SECOND, 4000).getOrDefault("a", 0);
    assertThat(first).as("a tenth of its half").isBetween(80, 520);
    assertThat(half).isBetween(first + 400, all - 200);
    assertThat(all).isBetween(1500, 2500);
  }

  @ParameterizedTest
  @ValueSource(strings = {"least-connections", "power-of-two", "peak-ewma"})
  void loadPoliciesGiveAWarmingMemberLessInHand(String policy) {
    PoolSettings slow = new PoolSettings(0, 100 * SECOND, false, "");
    Pool pool = new Pool("app", members("a", "b", "c"), Policies.parse(policy), slow);
    pool.setDraining("a", true);
    pool.setDraining("a", false);
    Random random = new Random(9);
    Map<String, Integer> inHand = new HashMap<>();
    for (int i = 0; i < 300; i++) {
      PoolMember member = Members.picked(pool.pick(at(10 * SECOND, random)));
      member.load().begin();
      inHand.merge(member.id(), 1, Integer::sum);
    }
    assertThat(inHand.getOrDefault("a", 0)).isBetween(5, 60);
    assertThat(inHand.get("b")).isGreaterThan(110);
  }

  @Test
  void panicUsesAllThatDoNotDrain() {
    PoolSettings settings = new PoolSettings(0.5, 0, false, "");
    Pool pool = new Pool("app", members("a", "b", "c", "d"), new RoundRobin(), settings);
    pool.setDraining("d", true);
    pool.setHealth("a", MemberState.DOWN, "x");
    assertThat(picks(pool, 1, 30)).containsOnlyKeys("b", "c");
    pool.setHealth("b", MemberState.DOWN, "x");
    assertThat(picks(pool, 1, 30)).containsOnlyKeys("a", "b", "c");
    assertThat(pool.pick(PickRequest.first(1)).reason()).isEqualTo("panic");
    pool.setHealth("b", MemberState.UP, "x");
    assertThat(pool.pick(PickRequest.first(1)).reason()).isEqualTo("round-robin");
  }

  @Test
  void theOwnZoneComesFirstAndTheOthersHelpOut() {
    PoolSettings settings = new PoolSettings(0, 0, true, "east");
    Pool pool =
        new Pool(
            "app",
            members("a@east", "b@east", "c@east", "d@east", "e@west", "f@"),
            new RoundRobin(),
            settings);
    assertThat(picks(pool, 1, 200)).containsOnlyKeys("a", "b", "c", "d");
    pool.setHealth("a", MemberState.DOWN, "x");
    assertThat(picks(pool, 1, 200)).as("three of four can bear it").containsOnlyKeys("b", "c", "d");
    pool.setHealth("b", MemberState.DOWN, "x");
    Map<String, Integer> half = picks(pool, 1, 4000);
    int away = half.getOrDefault("e", 0) + half.getOrDefault("f", 0);
    assertThat(away).as("three tenths go elsewhere").isBetween(1000, 1400);
    pool.setHealth("c", MemberState.DOWN, "x");
    pool.setHealth("d", MemberState.DOWN, "x");
    assertThat(picks(pool, 1, 200)).containsOnlyKeys("e", "f");
    PickRequest tried = new PickRequest(0, 1, Set.of("e", "f"));
    pool.setHealth("a", MemberState.UP, "x");
    assertThat(Members.id(pool.pick(tried))).as("retries find the other part").isEqualTo("a");
  }
}
