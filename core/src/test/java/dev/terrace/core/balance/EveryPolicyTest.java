package dev.terrace.core.balance;

import static dev.terrace.core.balance.Members.equal;
import static dev.terrace.core.balance.Members.id;
import static dev.terrace.core.balance.Members.member;
import static dev.terrace.core.balance.Members.snapshot;
import static org.assertj.core.api.Assertions.assertThat;

import dev.terrace.core.pool.MemberState;
import dev.terrace.core.pool.PoolMember;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What holds for every policy. */
class EveryPolicyTest {

  private static final List<MemberState> STATES =
      List.of(MemberState.UP, MemberState.WARMING, MemberState.DRAINING, MemberState.DOWN);

  private static List<String> names() {
    return List.of(
        "round-robin", "least-connections", "random", "power-of-two", "ip-hash", "hash(path)");
  }

  @ParameterizedTest
  @MethodSource("names")
  void onlyMembersThatTakeWorkAndWereNotTriedArePicked(String name) {
    Policy policy = Policies.parse(name);
    assertThat(policy.name()).isEqualTo(name);
    Random random = new Random(3);
    for (int round = 0; round < 300; round++) {
      List<PoolMember> members = new ArrayList<>();
      Set<String> up = new HashSet<>();
      int count = random.nextInt(7);
      for (int i = 0; i < count; i++) {
        MemberState state = STATES.get(random.nextInt(STATES.size()));
        members.add(member("m" + i, 1 + random.nextInt(4), state));
        if (state.takesNewWork()) {
          up.add("m" + i);
        }
      }
      Picker picker = policy.picker(snapshot(members));
      Set<String> seen = new HashSet<>();
      PickRequest request = new PickRequest(random.nextLong(), random.nextLong(), Set.of());
      for (int i = 0; i < up.size(); i++) {
        Pick pick = picker.pick(request);
        seen.add(id(pick));
        assertThat(pick.reason()).isEqualTo(name);
        request = request.without(id(pick));
      }
      assertThat(seen).isEqualTo(up);
      Pick.Cause expected =
          count == 0
              ? Pick.Cause.POOL_EMPTY
              : up.isEmpty() ? Pick.Cause.NO_MEMBER_UP : Pick.Cause.ALL_TRIED;
      assertThat(picker.pick(request)).isEqualTo(new Pick.Rejected(expected));
      assertThat(picker.pick(request).reason()).isEqualTo(expected.name());
    }
  }

  @ParameterizedTest
  @ValueSource(
      longs = {0, -1, Long.MIN_VALUE, Long.MAX_VALUE, 0xFFFF_FFFFL, 0xFFFF_FFFF_0000_0000L})
  void extremeRandomsAndKeysPickSomeone(long extreme) {
    for (String name : names()) {
      for (int size = 1; size < 6; size++) {
        Picker picker = Policies.parse(name).picker(equal(size));
        assertThat(picker.pick(new PickRequest(extreme, extreme, Set.of())))
            .isInstanceOf(Pick.Picked.class);
      }
    }
  }
}
