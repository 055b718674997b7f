package dev.terrace.core.pool;

import java.util.List;
import java.util.Optional;

/**
 * A pool at one moment: all members in file order, and those among them that take new work.
 *
 * @param version grows by one with every change of the pool
 */
public record PoolSnapshot(
    String pool, long version, List<PoolMember> members, List<PoolMember> available) {

  public PoolSnapshot {
    members = List.copyOf(members);
    available = List.copyOf(available);
  }

  /** A snapshot whose available members are those whose state takes new work. */
  public static PoolSnapshot of(String pool, long version, List<PoolMember> members) {
    return new PoolSnapshot(
        pool, version, members, members.stream().filter(m -> m.state().takesNewWork()).toList());
  }

  /** The member of that {@link Member#id}, if the pool has it. */
  public Optional<PoolMember> find(String memberId) {
    return members.stream().filter(m -> m.id().equals(memberId)).findFirst();
  }
}
