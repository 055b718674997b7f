package dev.terrace.kv.nodes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrace.kv.nodes.NodeMessage.Kind;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class PeersTest {

  private final Peers peers = new Peers(Duration.ofSeconds(3), Duration.ofMinutes(1));

  private boolean heard(long node, long number, long second) {
    return peers.heard(
        new NodeMessage(node, number, Kind.WRITTEN, List.of()), TimeUnit.SECONDS.toNanos(second));
  }

  private boolean misses(long second) {
    return peers.missesOne(TimeUnit.SECONDS.toNanos(second));
  }

  @Test
  void aGapInTheNumbersShows() {
    assertThat(heard(7, 1, 0)).isTrue();
    assertThat(heard(7, 2, 0)).isTrue();
    assertThat(heard(7, 4, 0)).isFalse();
    assertThat(heard(7, 5, 0)).isTrue();
  }

  @Test
  void aMessageThatIsSentAgainIsNoGap() {
    assertThat(heard(7, 1, 0)).isTrue();
    assertThat(heard(7, 1, 0)).isTrue();
    assertThat(heard(7, 2, 0)).isTrue();
  }

  @Test
  void aNodeThatBeganUnheardHasAGapOnce() {
    assertThat(heard(8, 500, 0)).isFalse();
    assertThat(heard(8, 501, 0)).isTrue();
    assertThat(heard(9, 1, 0)).isTrue();
  }

  @Test
  void aSilentNodeIsMissedUntilItIsHeardOrGone() {
    assertThat(heard(7, 1, 0)).isTrue();
    assertThat(misses(3)).isFalse();
    assertThat(misses(4)).isTrue();
    assertThat(heard(7, 2, 5)).isTrue();
    assertThat(misses(6)).isFalse();
    assertThat(misses(9)).isTrue();
    assertThat(misses(66)).isFalse();
    assertThat(peers.size()).isZero();
  }

  @Test
  void oneThatSaysGoodbyeIsNotMissed() {
    assertThat(heard(7, 1, 0)).isTrue();
    assertThat(peers.heard(new NodeMessage(7, 2, Kind.BYE, List.of()), 0)).isTrue();
    assertThat(misses(10)).isFalse();
  }

  @Test
  void messagesComeAsTheyWereSentAndOthersAreNone() {
    Random random = new Random(7);
    for (int i = 0; i < 20_000; i++) {
      List<byte[]> keys =
          random
              .ints(random.nextInt(4), 0, 1000)
              .mapToObj(n -> ("k:" + n).getBytes(StandardCharsets.UTF_8))
              .toList();
      NodeMessage sent =
          new NodeMessage(
              random.nextLong(), random.nextLong(), i % 2 == 0 ? Kind.WRITTEN : Kind.ALL, keys);
      byte[] bytes = sent.bytes();
      NodeMessage read = Objects.requireNonNull(NodeMessage.read(bytes));
      assertThat(read.node()).isEqualTo(sent.node());
      assertThat(read.number()).isEqualTo(sent.number());
      assertThat(read.kind()).isEqualTo(sent.kind());
      assertThat(read.keys()).hasSameSizeAs(keys);
      // Broken ones are read as something or as nothing, and nothing is thrown.
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      NodeMessage.read(bytes);
      assertThat(NodeMessage.read(java.util.Arrays.copyOf(bytes, random.nextInt(bytes.length))))
          .isNull();
    }
  }
}
