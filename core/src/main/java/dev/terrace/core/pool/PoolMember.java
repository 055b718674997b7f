package dev.terrace.core.pool;

/**
 * A member as it stands in a pool's snapshot.
 *
 * @param health up, warming or down, as the checks found
 * @param draining whether an operator took it out of rotation
 * @param ejected whether it is left out for the work it failed
 * @param reason what its state rests on, for people: "check passed", "connection refused"
 * @param warmup how far it has come since it came up
 * @param load its live counters, shared by all snapshots
 */
public record PoolMember(
    Member member,
    MemberState health,
    boolean draining,
    boolean ejected,
    String reason,
    Warmup warmup,
    Load load) {

  /** A member that nothing is known of yet: it counts as up. */
  static PoolMember fresh(Member member, Warmup warmup) {
    return new PoolMember(
        member, MemberState.UP, false, false, "not checked yet", warmup, new Load());
  }

  /** The member's identity, {@link Member#id}. */
  public String id() {
    return member.id();
  }

  /** Its state with all things considered. */
  public MemberState state() {
    if (health == MemberState.DOWN) {
      return MemberState.DOWN;
    }
    return draining ? MemberState.DRAINING : ejected ? MemberState.EJECTED : health;
  }

  PoolMember withHealth(MemberState newHealth, String newReason, long warmupNanos) {
    return new PoolMember(member, newHealth, draining, ejected, newReason, warmup, load)
        .after(this, warmupNanos);
  }

  PoolMember withDraining(boolean newDraining, long warmupNanos) {
    return new PoolMember(member, health, newDraining, ejected, reason, warmup, load)
        .after(this, warmupNanos);
  }

  PoolMember withEjected(boolean newEjected, String newReason, long warmupNanos) {
    return new PoolMember(member, health, draining, newEjected, newReason, warmup, load)
        .after(this, warmupNanos);
  }

  PoolMember with(Member newMember) {
    return new PoolMember(newMember, health, draining, ejected, reason, warmup, load);
  }

  /** Begins to warm up if it takes work from now on and did not before. */
  private PoolMember after(PoolMember before, long warmupNanos) {
    if (before.state().takesNewWork() || !state().takesNewWork()) {
      return this;
    }
    Warmup anew = warmupNanos == 0 ? Warmup.DONE : new Warmup(warmupNanos);
    return new PoolMember(member, health, draining, ejected, reason, anew, load);
  }
}
