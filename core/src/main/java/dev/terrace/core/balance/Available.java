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

  private final PoolMember[] members;
  private final Picked[] picks;
  private final Rejected none;

  Available(PoolSnapshot snapshot, String reason) {
    List<PoolMember> available = snapshot.available();
    members = available.toArray(PoolMember[]::new);
    picks = available.stream().map(m -> new Picked(m, reason)).toArray(Picked[]::new);
    none = new Rejected(snapshot.members().isEmpty() ? Cause.POOL_EMPTY : Cause.NO_MEMBER_UP);
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

  /** The outcome when no member was found: none is up, or each was tried. */
  Pick rejected() {
    return members.length == 0 ? none : ALL_TRIED;
  }

  private static final Rejected ALL_TRIED = new Rejected(Cause.ALL_TRIED);
}
