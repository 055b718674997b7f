package dev.terrace.kv.pass;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrace.core.pool.Address;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RingTest {

  private static final int KEYS = 20_000;

  private static Node node(String name, int weight) {
    return new Node(
        "s", name, new Address("127.0.0.1", 1), weight, Optional.empty(), 0, Optional.empty());
  }

  private static Ring ring(Node... nodes) {
    return new Ring(List.of(nodes));
  }

  private static String owner(Ring ring, String key) {
    ByteBuf in = Unpooled.copiedBuffer("  " + key, StandardCharsets.UTF_8);
    return ring.nodes().get(ring.owner(in, 2, in.readableBytes() - 2)).name();
  }

  @Test
  void aNewNodeTakesItsShareAndMovesNothingElse() {
    Ring before = ring(node("a", 1), node("b", 1), node("c", 1));
    Ring after = ring(node("d", 1), node("c", 1), node("a", 1), node("b", 1));
    int moved = 0;
    for (int i = 0; i < KEYS; i++) {
      String key = "user:" + i;
      if (!owner(before, key).equals(owner(after, key))) {
        assertThat(owner(after, key)).isEqualTo("d");
        moved++;
      }
    }
    assertThat(moved).isBetween(KEYS / 4 * 7 / 10, KEYS / 4 * 13 / 10);
  }

  @Test
  void weightIsAShare() {
    Ring ring = ring(node("a", 1), node("b", 3));
    List<String> owners = new ArrayList<>();
    for (int i = 0; i < KEYS; i++) {
      owners.add(owner(ring, "user:" + i));
    }
    long heavy = owners.stream().filter("b"::equals).count();
    assertThat(heavy).isBetween(KEYS * 3L / 4 * 9 / 10, KEYS * 3L / 4 * 11 / 10);
  }

  @Test
  void onlyTheTagIsHashed() {
    Ring ring = ring(node("a", 1), node("b", 1), node("c", 1));
    for (int i = 0; i < 100; i++) {
      String tag = "user:" + i;
      assertThat(owner(ring, "x{" + tag + "}y")).isEqualTo(owner(ring, tag));
      assertThat(owner(ring, "{" + tag + "}{z}")).isEqualTo(owner(ring, tag));
    }
    // An empty tag is none, as in Redis.
    assertThat(
            List.of("{}1", "{}2", "{}3", "{}4", "{}5", "{}6").stream()
                .map(key -> owner(ring, key))
                .distinct()
                .count())
        .isGreaterThan(1);
  }
}
