package dev.terrace.core.balance;

import static dev.terrace.core.balance.Members.id;
import static dev.terrace.core.balance.Members.weighing;
import static org.assertj.core.api.Assertions.assertThat;

import dev.terrace.core.pool.PoolSnapshot;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RoundRobinTest {

  private static String sequence(PoolSnapshot snapshot, int picks) {
    Picker picker = new RoundRobin().picker(snapshot);
    StringBuilder ids = new StringBuilder();
    for (int i = 0; i < picks; i++) {
      ids.append(id(picker.pick(PickRequest.first(0))));
    }
    return ids.toString();
  }

  @ParameterizedTest
  @CsvSource({
    "1, a",
    "1 1 1, abc",
    "1 2 3, cbcabc",
    "2 4 6, cbcabc",
    "5 5, ab",
    "1 5, bbbabb",
    "3 1, aaba",
    "1 1 2, cabc"
  })
  void weightsGiveThisSequence(String weights, String round) {
    int[] parsed =
        java.util.Arrays.stream(weights.split(" ")).mapToInt(Integer::parseInt).toArray();
    int length = round.length();
    String seen = sequence(weighing(parsed), 3 * length);
    // Where the first round starts depends on the snapshot's version alone.
    assertThat(round + round).contains(seen.substring(0, length));
    assertThat(seen).isEqualTo(seen.substring(0, length).repeat(3));
  }

  @Test
  void anyWeightsGiveExactSharesAsEvenlySpreadAsCanBe() {
    Random random = new Random(7);
    for (int round = 0; round < 200; round++) {
      int[] weights = random.ints(1 + random.nextInt(6), 1, 12).toArray();
      int total = java.util.Arrays.stream(weights).sum();
      String seen = sequence(weighing(weights), 2 * total);
      for (int m = 0; m < weights.length; m++) {
        char id = (char) ('a' + m);
        assertThat(seen.chars().filter(c -> c == id).count()).isEqualTo(2L * weights[m]);
        assertThat(widestGap(seen, id))
            .as("%s in %s", id, seen)
            .isLessThan(2 * Math.ceilDiv(total, weights[m]) + 1);
      }
    }
  }

  private static int widestGap(String sequence, char id) {
    int widest = 0;
    int last = -1;
    for (int i = 0; i < sequence.length(); i++) {
      if (sequence.charAt(i) == id) {
        widest = Math.max(widest, i - last);
        last = i;
      }
    }
    return widest;
  }

  @Test
  void aTriedMemberIsPassedOver() {
    Picker picker = new RoundRobin().picker(weighing(1, 2, 3));
    PickRequest request = PickRequest.first(0).without("c");
    Map<String, Integer> counts = new HashMap<>();
    for (int i = 0; i < 600; i++) {
      counts.merge(id(picker.pick(request)), 1, Integer::sum);
    }
    assertThat(counts.keySet()).isEqualTo(Set.of("a", "b"));
    PickRequest none = request.without("a").without("b");
    assertThat(picker.pick(none)).isEqualTo(new Pick.Rejected(Pick.Cause.ALL_TRIED));
  }

  @Test
  void threadsTogetherKeepTheShares() throws Exception {
    Picker picker = new RoundRobin().picker(weighing(1, 2, 3));
    AtomicIntegerArray counts = new AtomicIntegerArray(3);
    try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
      List<java.util.concurrent.Future<?>> all = new ArrayList<>();
      for (int t = 0; t < 4; t++) {
        all.add(
            threads.submit(() -> {
              for (int i = 0; i < 6000; i++) {
                counts.incrementAndGet(id(picker.pick(PickRequest.first(0))).charAt(0) - 'a');
              }
            }));
      }
      for (java.util.concurrent.Future<?> one : all) {
        one.get();
      }
    }
    assertThat(counts).hasToString("[4000, 8000, 12000]");
  }

  @Test
  void theTurnsGoOnWhenTheCounterOverflows() {
    // The counter starts at the hash of the version times 7919; find one just below overflow.
    long version = 0;
    while (Long.hashCode(version * 7919) < Integer.MAX_VALUE - 4000) {
      version++;
    }
    PoolSnapshot snapshot = PoolSnapshot.of("pool", version, weighing(1, 1).members());
    assertThat(sequence(snapshot, 20_000)).matches("(ab)+|(ba)+");
  }
}
