package dev.terrace.core.place;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrace.core.place.HashRing.Node;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class HashRingTest {

  private static final int KEYS = 100_000;

  private static int owner(HashRing ring, int key) {
    return ring.owner(("user:" + key).getBytes(StandardCharsets.UTF_8));
  }

  private static int[] shares(HashRing ring, int nodes) {
    int[] shares = new int[nodes];
    for (int i = 0; i < KEYS; i++) {
      shares[owner(ring, i)]++;
    }
    return shares;
  }

  @Test
  void sharesGoByWeight() {
    HashRing ring = new HashRing(List.of(new Node("a", 1), new Node("b", 1), new Node("c", 2)));
    int[] shares = shares(ring, 3);
    assertThat(shares[0]).isBetween(KEYS * 18 / 100, KEYS * 32 / 100);
    assertThat(shares[1]).isBetween(KEYS * 18 / 100, KEYS * 32 / 100);
    assertThat(shares[2]).isBetween(KEYS * 40 / 100, KEYS * 60 / 100);
  }

  @Test
  void aNewNodeTakesKeysAndNoneMoveBetweenTheOthers() {
    HashRing before = new HashRing(List.of(new Node("a", 1), new Node("b", 1)));
    HashRing after = new HashRing(List.of(new Node("b", 1), new Node("c", 1), new Node("a", 1)));
    int[] numbers = {2, 0};
    int moved = 0;
    for (int i = 0; i < KEYS; i++) {
      int now = owner(after, i);
      if (now != numbers[owner(before, i)]) {
        assertThat(now).isEqualTo(1);
        moved++;
      }
    }
    assertThat(moved).isBetween(KEYS * 25 / 100, KEYS * 42 / 100);
  }

  @Test
  void oneNodeHasEverything() {
    assertThat(shares(new HashRing(List.of(new Node("a", 5))), 1)[0]).isEqualTo(KEYS);
  }
}
