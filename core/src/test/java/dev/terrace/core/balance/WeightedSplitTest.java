package dev.terrace.core.balance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Examples of splits; testkit's WeightedSplitPropertyTest draws weights at random. */
class WeightedSplitTest {

  private static final int KEYS = 20_000;

  private static long key(int user) {
    return Hashing.hash("user-" + user);
  }

  private static int[] owners(List<String> names, Integer... weights) {
    WeightedSplit split = new WeightedSplit(names, List.of(weights));
    return IntStream.range(0, KEYS).map(user -> split.choose(key(user))).toArray();
  }

  @Test
  void aCanaryThatGrowsKeepsItsUsersAndTakesNoMoreThanItMust() {
    List<String> names = List.of("app", "canary");
    int[] before = owners(names, 90, 10);
    int[] after = owners(names, 80, 20);
    int moved = 0;
    for (int user = 0; user < KEYS; user++) {
      if (before[user] == 1) {
        assertThat(after[user]).isEqualTo(1);
      }
      moved += before[user] == after[user] ? 0 : 1;
    }
    assertThat(moved).isBetween(KEYS * 9 / 100, KEYS * 11 / 100);
  }

  @Test
  void theOrderOfTheFileDoesNotMatter() {
    int[] one = owners(List.of("a", "b", "c"), 1, 2, 3);
    int[] other = owners(List.of("c", "b", "a"), 3, 2, 1);
    for (int user = 0; user < KEYS; user++) {
      assertThat(other[user]).isEqualTo(2 - one[user]);
    }
  }

  @Test
  void theKeysOfASmallPoolStillSpreadOverItsMembers() {
    // Both hash the same text: were a pool a stretch of the hashes, few members would get it all.
    WeightedSplit split = new WeightedSplit(List.of("app", "canary"), List.of(95, 5));
    Picker picker =
        Policies.parse("hash(header:X-User)").picker(Members.snapshot(Members.equal(10).members()));
    Map<String, Integer> perMember = new HashMap<>();
    for (int user = 0; user < KEYS * 5; user++) {
      if (split.choose(key(user)) == 1) {
        PickRequest request = new PickRequest(key(user), 0, Set.of());
        perMember.merge(Members.id(picker.pick(request)), 1, Integer::sum);
      }
    }
    int fair = KEYS * 5 / 20 / 10;
    assertThat(perMember).hasSize(10);
    assertThat(perMember.values())
        .allSatisfy(count -> assertThat(count).isBetween(fair * 6 / 10, fair * 14 / 10));
  }

  @Test
  void theChoiceIsPinned() {
    // Other nodes choose the same; a change would move users between pools.
    WeightedSplit split = new WeightedSplit(List.of("app", "canary"), List.of(50, 50));
    StringBuilder chosen = new StringBuilder();
    IntStream.range(0, 32).forEach(user -> chosen.append(split.choose(key(user))));
    assertThat(chosen).hasToString("00110011111100111001110000100001");
  }
}
