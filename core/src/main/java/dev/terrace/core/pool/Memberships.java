package dev.terrace.core.pool;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;

/**
 * Who belongs to which pool, and the only one that tells the {@link Pools}: the file, discovery and
 * operators all change members here, so none of them undoes what another said.
 */
public final class Memberships {

  /** The most members of one pool, whoever names them. */
  public static final int MEMBERS_MAX = 10_000;

  /** Is told when the members of a pool have become others, or have another weight or zone. */
  @FunctionalInterface
  public interface Follower {
    /**
     * The pool's snapshot has the new members. Changes come one after the other; while this runs
     * the next one waits.
     */
    void membersChanged(Pool pool);
  }

  /** What became of a change that an operator asked for. */
  public enum Outcome {
    /** It is so from now on. */
    DONE,
    NO_POOL,
    NO_MEMBER,
    /** The member to be added belongs to the pool already. */
    ALREADY_MEMBER,
    /** The pool has {@link #MEMBERS_MAX} members. */
    FULL
  }

  private final Pools pools;
  private final Map<String, Membership> byPool = new LinkedHashMap<>();
  private final List<Follower> followers = new CopyOnWriteArrayList<>();

  /** Of pools that nobody else configures. */
  public Memberships(Pools pools) {
    this.pools = pools;
  }

  /** Tells the follower of all changes from now on, but not of those by {@link #configure}. */
  public void follow(Follower follower) {
    followers.add(follower);
  }

  /**
   * Makes the set of pools equal to the file's, as {@link Pools#configure} does. What discovery
   * found stays, and so do edits of members that the file has not changed. Whoever calls this
   * configures the followers too.
   */
  public synchronized void configure(Collection<Pools.Spec> specs) {
    Map<String, Membership> next = new LinkedHashMap<>();
    List<Pools.Spec> effective = new ArrayList<>();
    for (Pools.Spec spec : specs) {
      Membership known = byPool.get(spec.name());
      Membership now =
          known == null ? Membership.of(spec.members()) : known.declare(spec.members());
      next.put(spec.name(), now);
      effective.add(spec.with(now.members()));
    }
    byPool.clear();
    byPool.putAll(next);
    pools.configure(effective);
    byPool.forEach((name, membership) -> drain(pools.get(name), membership));
  }

  /**
   * Declares other members of one pool than the file does, as when servers have changed their
   * roles; a pool that is gone is ignored.
   */
  public synchronized void declared(String pool, List<Member> members) {
    if (byPool.containsKey(pool)) {
      change(pool, m -> m.declare(members));
    }
  }

  /** Takes over what discovery found; a pool that is gone is ignored. */
  public synchronized void discovered(String pool, MemberSource source, List<Member> members) {
    if (byPool.containsKey(pool)) {
      change(pool, m -> m.discover(source, members));
    }
  }

  /** Adds a member for an operator. */
  public synchronized Outcome add(String pool, Member member) {
    Membership membership = byPool.get(pool);
    if (membership == null) {
      return Outcome.NO_POOL;
    }
    if (membership.find(member.id()).isPresent()) {
      return Outcome.ALREADY_MEMBER;
    }
    if (membership.members().size() >= MEMBERS_MAX) {
      return Outcome.FULL;
    }
    change(pool, m -> m.add(member));
    return Outcome.DONE;
  }

  /** Takes a member out for an operator; the work it has in hand is finished. */
  public synchronized Outcome remove(String pool, String memberId) {
    return changeMember(pool, memberId, m -> m.remove(memberId));
  }

  /** Gives a member another weight for an operator. */
  public synchronized Outcome weigh(String pool, String memberId, int weight) {
    return changeMember(pool, memberId, m -> m.weigh(memberId, weight));
  }

  /** Drains a member, or puts it back into rotation if there is no drain given. */
  public synchronized Outcome drain(String pool, String memberId, Optional<Drain> drain) {
    return changeMember(pool, memberId, m -> m.drain(memberId, drain));
  }

  /** Who belongs to the pool, and why. */
  public synchronized Optional<Membership> find(String pool) {
    return Optional.ofNullable(byPool.get(pool));
  }

  private Outcome changeMember(String pool, String memberId, UnaryOperator<Membership> change) {
    Membership membership = byPool.get(pool);
    if (membership == null) {
      return Outcome.NO_POOL;
    }
    if (membership.find(memberId).isEmpty()) {
      return Outcome.NO_MEMBER;
    }
    change(pool, change);
    return Outcome.DONE;
  }

  private void change(String name, UnaryOperator<Membership> change) {
    Pool pool = pools.get(name);
    Membership now = change.apply(byPool.getOrDefault(name, Membership.of(List.of())));
    byPool.put(name, now);
    boolean others = !now.members().equals(membersOf(pool));
    if (others) {
      pool.configure(now.members(), pool.policy());
    }
    drain(pool, now);
    if (others) {
      followers.forEach(f -> f.membersChanged(pool));
    }
  }

  private static List<Member> membersOf(Pool pool) {
    return pool.snapshot().members().stream().map(PoolMember::member).toList();
  }

  private static void drain(Pool pool, Membership membership) {
    for (PoolMember member : pool.snapshot().members()) {
      boolean draining = membership.drains().containsKey(member.id());
      if (draining != member.draining()) {
        pool.setDraining(member.id(), draining);
      }
    }
  }
}
