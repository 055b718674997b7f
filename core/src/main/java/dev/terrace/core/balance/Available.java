package dev.terrace.core.balance;

import dev.terrace.core.balance.Pick.Cause;
import dev.terrace.core.balance.Pick.Picked;
import dev.terrace.core.balance.Pick.Rejected;
import dev.terrace.core.pool.PoolMember;
import dev.terrace.core.pool.PoolSnapshot;
import java.util.List;

/**
 * What all pickers share: the members of a snapshot that take new work, each with its ready-made
 * outcome so that a pick allocates nothing.
 */
final class Available {

  /** The reason of all picks while members are used that are not up. */
  static final String PANIC = "panic";

  private static final Rejected ALL_TRIED = new Rejected(Cause.ALL_TRIED);

  private final PoolMember[] members;
  private final Picked[] picks;
  private final Rejected none;
  private final boolean warming;

  Available(PoolSnapshot snapshot, String reason) {
    List<PoolMember> available = snapshot.available();
    String why = snapshot.panic() ? PANIC : reason;
    members = available.toArray(PoolMember[]::new);
    picks = available.stream().map(m -> new Picked(m, why)).toArray(Picked[]::new);
    none = new Rejected(snapshot.members().isEmpty() ? Cause.POOL_EMPTY : Cause.NO_MEMBER_UP);
    warming = available.stream().anyMatch(m -> !m.warmup().isOver());
  }

  int size() {
    return members.length;
  }

  PoolMember member(int index) {
    return members[index];
  }

  Pick picked(int index) {
    return picks[index];
  }

  /** Whether any member may be warming up: else every turn is taken. */
  boolean warming() {
    return warming;
  }

  /**
   * Whether a member takes a turn that is its by weight: while it warms up, only as often as its
   * share says.
   *
   * @param drawn random bits that decide
   */
  boolean takesTurn(int index, long nanos, long drawn) {
    if (!warming || members[index].warmup().isOver()) {
      return true;
    }
    double chance = (Hashing.mix(drawn + index) >>> 11) * 0x1p-53;
    return chance < members[index].warmup().share(nanos);
  }

  /** The outcome when no member was found: none is up, or each was tried. */
  Pick rejected() {
    return members.length == 0 ? none : ALL_TRIED;
  }
}
