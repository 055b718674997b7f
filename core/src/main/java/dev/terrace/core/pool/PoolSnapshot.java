package dev.terrace.core.pool;

import java.util.List;
import java.util.Optional;

/**
 * A pool at one moment: all members in file order, and those among them that take new work.
 *
 * @param version grows by one with every change of the pool
 * @param available who may be picked: those that take new work, or, in panic, all but those that
 *     drain
 * @param panic whether so few members are up that the others are used too
 * @param settings how the pool treats its members
 */
public record PoolSnapshot(
    String pool,
    long version,
    List<PoolMember> members,
    List<PoolMember> available,
    boolean panic,
    PoolSettings settings) {

  public PoolSnapshot {
    members = List.copyOf(members);
    available = List.copyOf(available);
  }

  /** A snapshot of a plain pool. */
  public PoolSnapshot(
      String pool, long version, List<PoolMember> members, List<PoolMember> available) {
    this(pool, version, members, available, false, PoolSettings.PLAIN);
  }

  /** A snapshot whose available members are those whose state takes new work. */
  public static PoolSnapshot of(String pool, long version, List<PoolMember> members) {
    return of(pool, version, members, PoolSettings.PLAIN);
  }

  /** A snapshot whose available members are those whose state takes new work, or all in panic. */
  public static PoolSnapshot of(
      String pool, long version, List<PoolMember> members, PoolSettings settings) {
    List<PoolMember> up = members.stream().filter(m -> m.state().takesNewWork()).toList();
    List<PoolMember> wanted = members.stream().filter(m -> !m.draining()).toList();
    boolean panic = up.size() < settings.panicThreshold() * wanted.size();
    return new PoolSnapshot(pool, version, members, panic ? wanted : up, panic, settings);
  }

  /** The same pool where only these members may be picked. */
  public PoolSnapshot only(List<PoolMember> those) {
    return new PoolSnapshot(pool, version, members, those, panic, settings);
  }

  /** The member of that {@link Member#id}, if the pool has it. */
  public Optional<PoolMember> find(String memberId) {
    return members.stream().filter(m -> m.id().equals(memberId)).findFirst();
  }
}
