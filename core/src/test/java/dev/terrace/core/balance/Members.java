package dev.terrace.core.balance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrace.core.pool.Load;
import dev.terrace.core.pool.Member;
import dev.terrace.core.pool.MemberState;
import dev.terrace.core.pool.PoolMember;
import dev.terrace.core.pool.PoolSnapshot;
import dev.terrace.core.pool.Warmup;
import java.util.ArrayList;
import java.util.List;

/** Snapshots for the policies' tests. */
final class Members {

  private Members() {}

  static PoolMember member(String id, int weight) {
    return member(id, weight, MemberState.UP);
  }

  static PoolMember member(String id, int weight, MemberState state) {
    return new PoolMember(
        new Member(Member.of(id).address(), weight, ""),
        state,
        false,
        false,
        "",
        Warmup.DONE,
        new Load());
  }

  /** Members a, b, c, ... of these weights. */
  static PoolSnapshot weighing(int... weights) {
    List<PoolMember> members = new ArrayList<>();
    for (int i = 0; i < weights.length; i++) {
      members.add(member("" + (char) ('a' + i), weights[i]));
    }
    return snapshot(members);
  }

  static PoolSnapshot snapshot(List<PoolMember> members) {
    return PoolSnapshot.of("pool", 0, members);
  }

  /** That many members of weight 1. */
  static PoolSnapshot equal(int count) {
    List<PoolMember> members = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      members.add(member("m" + i, 1));
    }
    return snapshot(members);
  }

  static PoolMember picked(Pick pick) {
    assertThat(pick).isInstanceOf(Pick.Picked.class);
    return ((Pick.Picked) pick).member();
  }

  static String id(Pick pick) {
    return picked(pick).id();
  }
}
