package dev.terrace.core.balance;

import static dev.terrace.core.balance.Members.equal;
import static dev.terrace.core.balance.Members.id;
import static dev.terrace.core.balance.Members.picked;
import static dev.terrace.core.balance.Members.snapshot;
import static dev.terrace.core.balance.Members.weighing;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.terrace.core.pool.PoolMember;
import dev.terrace.core.pool.PoolSnapshot;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ConsistentHashTest {

  private static final int KEYS = 20_000;

  private static String[] owners(PoolSnapshot snapshot) {
    Picker picker = ConsistentHash.ofClientAddress().picker(snapshot);
    String[] owners = new String[KEYS];
    for (int k = 0; k < KEYS; k++) {
      owners[k] = id(picker.pick(key(k)));
    }
    return owners;
  }

  private static PickRequest key(int k) {
    return new PickRequest(Hashing.hash("10.0." + k / 256 + "." + k % 256), 0, Set.of());
  }

  @Test
  void aLostMembersKeysMoveAndNoOthers() {
    PoolSnapshot all = equal(10);
    String[] before = owners(all);
    for (int lost = 0; lost < 10; lost++) {
      List<PoolMember> rest = new ArrayList<>(all.members());
      String gone = rest.remove(lost).id();
      String[] after = owners(snapshot(rest));
      Map<String, Integer> heirs = new HashMap<>();
      for (int k = 0; k < KEYS; k++) {
        if (before[k].equals(gone)) {
          heirs.merge(after[k], 1, Integer::sum);
        } else {
          assertThat(after[k]).isEqualTo(before[k]);
        }
      }
      // Nobody inherits the whole share.
      assertThat(heirs).hasSize(9);
    }
  }

  @Test
  void anAddedMemberTakesKeysToItselfAlone() {
    PoolSnapshot nine = equal(9);
    PoolSnapshot ten = equal(10);
    String[] before = owners(nine);
    String[] after = owners(ten);
    int moved = 0;
    for (int k = 0; k < KEYS; k++) {
      if (!after[k].equals(before[k])) {
        assertThat(after[k]).isEqualTo("m9");
        moved++;
      }
    }
    assertThat(moved).isBetween(KEYS / 10 * 7 / 10, KEYS / 10 * 13 / 10);
  }

  @Test
  void theOrderOfTheFileDoesNotMatter() {
    PoolSnapshot all = equal(7);
    assertThat(owners(snapshot(all.members().reversed()))).isEqualTo(owners(all));
  }

  @Test
  void sharesFollowTheWeights() {
    Map<String, Integer> counts = new HashMap<>();
    for (String owner : owners(weighing(1, 2, 3, 4))) {
      counts.merge(owner, 1, Integer::sum);
    }
    for (int weight = 1; weight <= 4; weight++) {
      int fair = KEYS * weight / 10;
      assertThat(counts.get("" + (char) ('a' + weight - 1))).isBetween(fair * 3 / 4, fair * 5 / 4);
    }
  }

  @Test
  void equalMembersHaveSharesWithinAFifthOfFair() {
    Map<String, Integer> counts = new HashMap<>();
    for (String owner : owners(equal(20))) {
      counts.merge(owner, 1, Integer::sum);
    }
    assertThat(counts).hasSize(20);
    assertThat(counts.values())
        .allSatisfy(c -> assertThat(c).isBetween(KEYS / 20 * 7 / 10, KEYS / 20 * 13 / 10));
  }

  @Test
  void theLoadBoundHoldsHoweverSkewedTheKeys() {
    PoolSnapshot snapshot = equal(10);
    Picker picker = ConsistentHash.ofClientAddress().picker(snapshot);
    Random random = new Random(4);
    int passedOn = 0;
    for (int unit = 1; unit <= 5000; unit++) {
      // Half of all work is one key's.
      Pick pick = picker.pick(random.nextBoolean() ? key(1) : key(random.nextInt(KEYS)));
      picked(pick).load().begin();
      passedOn += pick.reason().equals("load-bound") ? 1 : 0;
      int most = snapshot.members().stream().mapToInt(m -> m.load().inFlight()).max().orElse(0);
      assertThat(most)
          .isLessThanOrEqualTo(
              Math.max(ConsistentHash.ALWAYS_ALLOWED, (int) Math.ceil(1.25 * unit / 10)));
    }
    assertThat(passedOn).isGreaterThan(1000);
  }

  @Test
  void aSmallLoadNeverPassesOnAndNeitherDoesAnInfiniteBound() {
    PoolSnapshot snapshot = equal(10);
    Picker picker = ConsistentHash.ofClientAddress().picker(snapshot);
    String owner = id(picker.pick(key(1)));
    for (int i = 0; i < ConsistentHash.ALWAYS_ALLOWED; i++) {
      PoolMember member = picked(picker.pick(key(1)));
      assertThat(member.id()).isEqualTo(owner);
      member.load().begin();
    }
    assertThat(id(picker.pick(key(1)))).isNotEqualTo(owner);
    Picker unbounded =
        new ConsistentHash(new HashInput.ClientAddress(), Double.POSITIVE_INFINITY)
            .picker(snapshot);
    for (int i = 0; i < 100; i++) {
      PoolMember member = picked(unbounded.pick(key(1)));
      assertThat(member.id()).isEqualTo(owner);
      member.load().begin();
    }
  }

  @Test
  void whenAllAreBeyondTheBoundTheOwnerTakesIt() {
    PoolSnapshot snapshot = equal(2);
    Picker picker = new ConsistentHash(new HashInput.Path(), 1.01).picker(snapshot);
    PickRequest request = key(1);
    String owner = id(picker.pick(request));
    String other = owner.equals("m0") ? "m1" : "m0";
    PoolMember overloaded = snapshot.find(owner).orElseThrow();
    for (int i = 0; i < 100; i++) {
      overloaded.load().begin();
    }
    assertThat(id(picker.pick(request))).isEqualTo(other);
    // The other failed it: better too much work than none done.
    assertThat(id(picker.pick(request.without(other)))).isEqualTo(owner);
  }

  @Test
  void aBoundOfOneOrLessIsRefused() {
    for (double bound : new double[] {1, 0, -1, Double.NaN}) {
      assertThatThrownBy(() -> new ConsistentHash(new HashInput.Path(), bound))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("above 1");
    }
  }

  @Test
  void theHashIsPinned() {
    // Other nodes compute the same; a change would move every key of every pool.
    assertThat(Hashing.hash("")).isEqualTo(Hashing.mix(0xcbf29ce484222325L));
    assertThat(Hashing.mix(0)).isEqualTo(0xe220a8397b1dcdafL);
    // FNV-1a's published value for "a".
    assertThat(Hashing.hash("a")).isEqualTo(Hashing.mix(0xaf63dc4c8601ec8cL));
    assertThat(Hashing.hash("\u00e4"))
        .isEqualTo(Hashing.hash(new byte[] {(byte) 0xC3, (byte) 0xA4}));
  }
}
