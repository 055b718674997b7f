package dev.terrace.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.terrace.core.balance.WeightedSplit;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What holds for splits of any names and weights. */
class WeightedSplitPropertyTest {

  private static final int KEYS = 20_000;

  /** Beyond four standard deviations of a share of KEYS draws. */
  private static final double TOLERANCE = 4 * 0.5 / Math.sqrt(KEYS);

  private record Split(List<String> names, List<Integer> weights) {

    static Split random(Seeded random) {
      int count = 2 + random.nextInt(4);
      return new Split(
          IntStream.range(0, count).mapToObj(i -> "pool-" + i + "-" + random.nextInt(99)).toList(),
          IntStream.range(0, count).mapToObj(_ -> 1 + random.nextInt(100)).toList());
    }

    Split weighing(int name, int weight) {
      List<Integer> changed = new ArrayList<>(weights);
      changed.set(name, weight);
      return new Split(names, changed);
    }

    double share(int name) {
      return (double) weights.get(name) / weights.stream().mapToInt(weight -> weight).sum();
    }

    int[] owners(long[] keys) {
      WeightedSplit split = new WeightedSplit(names, weights);
      int[] owners = new int[keys.length];
      for (int i = 0; i < keys.length; i++) {
        owners[i] = split.choose(keys[i]);
        assertThat(split.choose(keys[i])).isEqualTo(owners[i]);
      }
      return owners;
    }
  }

  @Test
  void sharesFollowTheWeights() {
    Seeded.rounds(
        1,
        20,
        random -> {
          Split split = Split.random(random);
          int[] owners = split.owners(random.longs(KEYS).toArray());
          for (int name = 0; name < split.names().size(); name++) {
            int of = name;
            double share =
                (double) IntStream.of(owners).filter(owner -> owner == of).count() / KEYS;
            assertThat(share)
                .as("%s of %s", name, split)
                .isCloseTo(split.share(name), within(TOLERANCE));
          }
        });
  }

  @Test
  void aWeightThatGrowsTakesItsNewShareAndMovesNothingElse() {
    Seeded.rounds(
        2,
        20,
        random -> {
          Split before = Split.random(random);
          int grown = random.nextInt(before.names().size());
          Split after =
              before.weighing(grown, before.weights().get(grown) + 1 + random.nextInt(100));
          long[] keys = random.longs(KEYS).toArray();
          int[] old = before.owners(keys);
          int[] now = after.owners(keys);
          int moved = 0;
          for (int i = 0; i < KEYS; i++) {
            if (now[i] != old[i]) {
              assertThat(now[i]).as("%s to %s", before, after).isEqualTo(grown);
              moved++;
            }
          }
          double gained = after.share(grown) - before.share(grown);
          assertThat((double) moved / KEYS)
              .as("%s to %s", before, after)
              .isCloseTo(gained, within(TOLERANCE));
        });
  }

  @Test
  void aPoolThatIsAddedTakesKeysToItselfAlone() {
    Seeded.rounds(
        3,
        20,
        random -> {
          Split all = Split.random(random);
          int last = all.names().size() - 1;
          Split without = new Split(all.names().subList(0, last), all.weights().subList(0, last));
          long[] keys = random.longs(KEYS).toArray();
          int[] old = without.owners(keys);
          int[] now = all.owners(keys);
          for (int i = 0; i < KEYS; i++) {
            assertThat(now[i]).isIn(old[i], last);
          }
        });
  }
}
