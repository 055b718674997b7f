package dev.terrace.core.balance;

import static dev.terrace.core.balance.Members.equal;
import static dev.terrace.core.balance.Members.id;
import static dev.terrace.core.balance.Members.picked;
import static dev.terrace.core.balance.Members.weighing;
import static org.assertj.core.api.Assertions.assertThat;

import dev.terrace.core.pool.PoolMember;
import dev.terrace.core.pool.PoolSnapshot;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Least connections, power of two choices and random: who gets how much. */
class LoadPoliciesTest {

  private static int maxInFlight(Policy policy, PoolSnapshot snapshot, int units, long seed) {
    Random random = new Random(seed);
    Picker picker = policy.picker(snapshot);
    for (int i = 0; i < units; i++) {
      picked(picker.pick(PickRequest.first(random.nextLong()))).load().begin();
    }
    return snapshot.members().stream().mapToInt(m -> m.load().inFlight()).max().orElse(0);
  }

  /** Chi-square against the weights' shares. */
  private static double chiSquare(Policy policy, int draws, long seed, int... weights) {
    PoolSnapshot snapshot = weighing(weights);
    Picker picker = policy.picker(snapshot);
    Random random = new Random(seed);
    Map<String, Integer> counts = new TreeMap<>();
    for (int i = 0; i < draws; i++) {
      counts.merge(id(picker.pick(PickRequest.first(random.nextLong()))), 1, Integer::sum);
    }
    int total = snapshot.members().stream().mapToInt(m -> m.member().weight()).sum();
    double sum = 0;
    for (PoolMember member : snapshot.members()) {
      double expected = (double) draws * member.member().weight() / total;
      double off = counts.getOrDefault(member.id(), 0) - expected;
      sum += off * off / expected;
    }
    return sum;
  }

  @Test
  void randomFollowsTheWeights() {
    // 99.9 % of fair draws stay below 22.5 with 6 degrees of freedom.
    for (long seed = 1; seed <= 5; seed++) {
      assertThat(chiSquare(new RandomChoice(), 70_000, seed, 1, 1, 1, 1, 1, 1, 1)).isLessThan(22.5);
      assertThat(chiSquare(new RandomChoice(), 70_000, seed, 1, 2, 3, 4, 5, 100, 256))
          .isLessThan(22.5);
    }
  }

  @Test
  void leastConnectionsAmongIdleMembersIsEven() {
    assertThat(chiSquare(new LeastConnections(), 50_000, 1, 1, 1, 1, 1, 1)).isLessThan(18.5);
    assertThat(chiSquare(new PowerOfTwoChoices(), 50_000, 1, 1, 1, 1, 1, 1)).isLessThan(18.5);
  }

  @Test
  void leastConnectionsFillsByWeightExactly() {
    PoolSnapshot snapshot = weighing(1, 2, 3);
    assertThat(maxInFlight(new LeastConnections(), snapshot, 600, 5)).isEqualTo(300);
    assertThat(snapshot.members())
        .extracting(m -> m.load().inFlight())
        .containsExactly(100, 200, 300);
  }

  @Test
  void leastConnectionsTakesTheOneThatHasFinished() {
    PoolSnapshot snapshot = weighing(1, 1, 1);
    maxInFlight(new LeastConnections(), snapshot, 30, 5);
    snapshot.members().get(1).load().end();
    Picker picker = new LeastConnections().picker(snapshot);
    for (int i = 0; i < 20; i++) {
      assertThat(id(picker.pick(PickRequest.first(i)))).isEqualTo("b");
    }
  }

  @Test
  void twoChoicesAreFarMoreEvenThanOneAndAllMoreThanTwo() {
    for (long seed = 1; seed <= 5; seed++) {
      int all = maxInFlight(new LeastConnections(), equal(100), 10_000, seed);
      int two = maxInFlight(new PowerOfTwoChoices(), equal(100), 10_000, seed);
      int one = maxInFlight(new RandomChoice(), equal(100), 10_000, seed);
      assertThat(all).isEqualTo(100);
      // ln ln n / ln 2 above the mean of 100, against some sqrt(2 * 100 * ln 100).
      assertThat(two).isBetween(101, 104);
      assertThat(one).isGreaterThan(115);
    }
  }

  @Test
  void twoChoicesAreNeverTheSameMember() {
    PoolSnapshot snapshot = weighing(1, 1);
    snapshot.members().getFirst().load().begin();
    Picker picker = new PowerOfTwoChoices().picker(snapshot);
    Random random = new Random(9);
    for (int i = 0; i < 1000; i++) {
      assertThat(id(picker.pick(PickRequest.first(random.nextLong())))).isEqualTo("b");
    }
  }
}
