package dev.terrace.core.place;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrace.core.place.Resharding.Move;
import dev.terrace.core.place.Resharding.TableChange;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class ReshardingTest {

  private static final int KEYS = 40;

  private static Placement drawn(RandomGenerator random) {
    int shards = 1 + random.nextInt(5);
    return switch (random.nextInt(5)) {
      case 0 -> new Placement.Single(KeyType.BIGINT, shards, random.nextInt(shards));
      case 1 -> new Placement.Hash(KeyType.BIGINT, shards);
      case 2 -> range(random, shards);
      case 3 -> directory(random, shards, new Placement.Hash(KeyType.BIGINT, shards));
      default ->
          directory(
              random, shards, new Placement.Single(KeyType.BIGINT, shards, random.nextInt(shards)));
    };
  }

  private static Placement range(RandomGenerator random, int shards) {
    TreeSet<Long> splits = new TreeSet<>();
    for (int i = 0; i < random.nextInt(6); i++) {
      splits.add(random.nextLong(KEYS));
    }
    List<Integer> owners = new ArrayList<>();
    for (int i = 0; i <= splits.size(); i++) {
      owners.add(random.nextInt(shards));
    }
    List<Key> keys = splits.stream().<Key>map(Key.Whole::new).toList();
    return new Placement.Range(KeyType.BIGINT, shards, keys, owners);
  }

  private static Placement directory(RandomGenerator random, int shards, Placement rest) {
    Map<Key, Integer> at = new LinkedHashMap<>();
    for (int i = 0; i <= random.nextInt(3); i++) {
      at.put(new Key.Whole(random.nextInt(KEYS)), random.nextInt(shards));
    }
    return new Placement.Directory(at, rest);
  }

  @Test
  void noRowTakesAWayThatIsNotListed() {
    RandomGenerator random = new SplittableRandom(41);
    for (int i = 0; i < 3_000; i++) {
      Placement before = drawn(random);
      Placement after = drawn(random);
      Set<Flow> flows = Flow.between(before, after);
      for (long key = -1; key <= KEYS; key++) {
        Key whole = new Key.Whole(key);
        assertThat(flows)
            .as("%d from %s to %s", key, before, after)
            .contains(new Flow(before.shardOf(whole), after.shardOf(whole)));
      }
    }
  }

  @Test
  void betweenHashesAndBetweenRangesNoWayIsListedThatNoRowTakes() {
    RandomGenerator random = new SplittableRandom(41);
    for (int i = 0; i < 500; i++) {
      boolean hashes = random.nextBoolean();
      Placement before =
          hashes
              ? new Placement.Hash(KeyType.BIGINT, 1 + random.nextInt(6))
              : range(random, 1 + random.nextInt(5));
      Placement after =
          hashes
              ? new Placement.Hash(KeyType.BIGINT, 1 + random.nextInt(6))
              : range(random, 1 + random.nextInt(5));
      Set<Flow> taken = new HashSet<>();
      for (long key = -1; key <= (hashes ? 2_000 : KEYS); key++) {
        taken.add(new Flow(before.shardOf(new Key.Whole(key)), after.shardOf(new Key.Whole(key))));
      }
      assertThat(Flow.between(before, after))
          .as("%s to %s", before, after)
          .containsExactlyInAnyOrderElementsOf(taken);
    }
  }

  private static OptionalInt was(int shard) {
    return OptionalInt.of(shard);
  }

  private static final OptionalInt NEW = OptionalInt.empty();

  private static Resharding hashes(int before, OptionalInt... origins) {
    return new Resharding(
        before,
        List.of(origins),
        Map.of(
            "orders",
            new TableChange(
                List.of("customer"),
                List.of("customer"),
                new Placement.Hash(KeyType.BIGINT, before),
                new Placement.Hash(KeyType.BIGINT, origins.length))));
  }

  @Test
  void twiceAsManyShardsTakeHalfOfEach() {
    Resharding doubled = hashes(2, was(0), was(1), NEW, NEW);
    assertThat(doubled.problems(Integer::toString)).isEmpty();
    assertThat(doubled.moves())
        .containsExactlyInAnyOrder(new Move("orders", 0, 2), new Move("orders", 1, 3));
    assertThat(doubled.loses("orders", 0)).isTrue();
    assertThat(doubled.loses("orders", 2)).isFalse();
    assertThat(doubled.leaving()).isEmpty();
    assertThat(doubled.moves("orders")).isTrue();
  }

  @Test
  void rowsMustNotComeToAShardThatServes() {
    Resharding third = hashes(2, was(0), was(1), NEW);
    assertThat(third.problems(shard -> "shard " + shard))
        .containsExactly(
            "rows of orders would come to shard 0, which serves already; list new, empty servers"
                + " for that shard",
            "rows of orders would come to shard 1, which serves already; list new, empty servers"
                + " for that shard");
    assertThat(hashes(2, NEW, NEW, NEW).problems(Integer::toString)).isEmpty();
  }

  @Test
  void shardsThatAreOnlyReplacedSendAll() {
    Resharding merged = hashes(2, NEW);
    assertThat(merged.moves())
        .containsExactlyInAnyOrder(new Move("orders", 0, 0), new Move("orders", 1, 0));
    assertThat(merged.leaving()).containsExactly(0, 1);
  }

  @Test
  void aReferenceTableGoesToEveryNewShardFromOne() {
    Placement before = new Placement.Everywhere(KeyType.BIGINT, 2);
    Resharding more =
        new Resharding(
            2,
            List.of(was(0), was(1), NEW, NEW),
            Map.of(
                "products",
                new TableChange(
                    List.of(), List.of(), before, new Placement.Everywhere(KeyType.BIGINT, 4))));
    assertThat(more.moves())
        .containsExactly(new Move("products", 0, 2), new Move("products", 0, 3));
    assertThat(more.loses("products", 0)).isFalse();
    assertThat(more.problems(Integer::toString)).isEmpty();
  }

  @Test
  void nothingMovesWhereNothingChanges() {
    assertThat(hashes(3, was(0), was(1), was(2)).moves("orders")).isFalse();
  }

  @Test
  void rowsMoveWhereAnotherColumnDecides() {
    Placement same = new Placement.Hash(KeyType.BIGINT, 2);
    Resharding other =
        new Resharding(
            2,
            List.of(was(0), was(1)),
            Map.of("orders", new TableChange(List.of("id"), List.of("customer"), same, same)));
    assertThat(other.moves("orders")).isTrue();
    assertThat(other.problems(Integer::toString)).hasSize(2);
  }
}
