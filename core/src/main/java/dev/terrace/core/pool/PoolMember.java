package dev.terrace.core.pool;

/**
 * A member as it stands in a pool's snapshot.
 *
 * @param health up, warming or down, as the checks found
 * @param draining whether an operator took it out of rotation
 * @param reason what its health rests on, for people: "check passed", "connection refused"
 * @param load its live counters, shared by all snapshots
 */
public record PoolMember(
    Member member, MemberState health, boolean draining, String reason, Load load) {

  /** The member's identity, {@link Member#id}. */
  public String id() {
    return member.id();
  }

  /** Its state with all things considered. */
  public MemberState state() {
    return draining && health != MemberState.DOWN ? MemberState.DRAINING : health;
  }

  PoolMember withHealth(MemberState newHealth, String newReason) {
    return new PoolMember(member, newHealth, draining, newReason, load);
  }

  PoolMember withDraining(boolean newDraining) {
    return new PoolMember(member, health, newDraining, reason, load);
  }

  PoolMember with(Member newMember) {
    return new PoolMember(newMember, health, draining, reason, load);
  }
}
