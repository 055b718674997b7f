package dev.terrace.core.pool;

import dev.terrace.core.balance.Pick;
import dev.terrace.core.balance.PickRequest;
import dev.terrace.core.balance.Picker;
import dev.terrace.core.balance.Policy;
import dev.terrace.core.balance.Zones;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A named set of members with a policy: what DNS names, HTTP routes and shards all choose from.
 *
 * <p>Members, their states and the picker built from them are one immutable view behind one atomic
 * reference: {@link #pick} takes no lock, and every change replaces the whole view.
 */
public final class Pool {

  private record View(PoolSnapshot snapshot, Policy policy, Picker picker) {
    static View of(PoolSnapshot snapshot, Policy policy) {
      return new View(snapshot, policy, Zones.picker(policy, snapshot));
    }
  }

  private final String name;
  private final AtomicReference<View> view;

  /** A pool whose members are all taken to be up until a health check says otherwise. */
  public Pool(String name, List<Member> members, Policy policy) {
    this(name, members, policy, PoolSettings.PLAIN);
  }

  /** A pool with settings. */
  public Pool(String name, List<Member> members, Policy policy, PoolSettings settings) {
    this.name = name;
    List<PoolMember> all = members.stream().map(m -> PoolMember.fresh(m, Warmup.DONE)).toList();
    this.view = new AtomicReference<>(View.of(PoolSnapshot.of(name, 1, all, settings), policy));
  }

  /** The pool's name in the file. */
  public String name() {
    return name;
  }

  /** The members and their states as of now. */
  public PoolSnapshot snapshot() {
    return view.get().snapshot();
  }

  /** How this pool chooses. */
  public Policy policy() {
    return view.get().policy();
  }

  /** How this pool treats its members. */
  public PoolSettings settings() {
    return snapshot().settings();
  }

  /** Chooses a member by the pool's policy, or says why none can be had. */
  public Pick pick(PickRequest request) {
    return view.get().picker().pick(request);
  }

  /**
   * Sets what the health checks found of a member ({@code UP}, {@code WARMING} or {@code DOWN}). A
   * member that is gone is ignored; what is so already changes nothing.
   */
  public void setHealth(String memberId, MemberState health, String reason) {
    change(memberId, (m, warmup) -> m.withHealth(health, reason, warmup));
  }

  /** Takes a member out of rotation, or puts it back; health checks do not overrule this. */
  public void setDraining(String memberId, boolean draining) {
    change(memberId, (m, warmup) -> m.withDraining(draining, warmup));
  }

  /** Leaves a member out for the work that it failed, or lets it back in. */
  public void setEjected(String memberId, boolean ejected, String reason) {
    change(memberId, (m, warmup) -> m.withEjected(ejected, reason, warmup));
  }

  /** As {@link #configure(List, Policy, PoolSettings)}, with the settings as they are. */
  public void configure(List<Member> members, Policy policy) {
    configure(members, policy, settings());
  }

  /**
   * Replaces members, policy and settings, as a reload does: members that stay (same id) keep their
   * state and load, new ones start as up and warm up if there are others, those not named are gone
   * from the next pick on.
   */
  public void configure(List<Member> members, Policy policy, PoolSettings settings) {
    while (true) {
      View before = view.get();
      Map<String, PoolMember> known = new HashMap<>();
      before.snapshot().members().forEach(m -> known.put(m.id(), m));
      List<PoolMember> next = new ArrayList<>(members.size());
      for (Member member : members) {
        PoolMember old = known.get(member.id());
        boolean warm = known.isEmpty() || settings.slowStartNanos() == 0;
        Warmup warmup = warm ? Warmup.DONE : new Warmup(settings.slowStartNanos());
        next.add(old == null ? PoolMember.fresh(member, warmup) : old.with(member));
      }
      boolean same =
          next.equals(before.snapshot().members())
              && policy.equals(before.policy())
              && settings.equals(before.snapshot().settings());
      if (same || replace(before, next, policy, settings)) {
        return;
      }
    }
  }

  /** A change of a member, given how long one that comes up is to warm up. */
  private interface Change {
    PoolMember apply(PoolMember member, long warmupNanos);
  }

  private void change(String memberId, Change change) {
    while (true) {
      View before = view.get();
      List<PoolMember> members = before.snapshot().members();
      PoolSettings settings = before.snapshot().settings();
      List<PoolMember> next =
          members.stream()
              .map(m -> m.id().equals(memberId) ? change.apply(m, settings.slowStartNanos()) : m)
              .toList();
      if (next.equals(members) || replace(before, next, before.policy(), settings)) {
        return;
      }
    }
  }

  private boolean replace(
      View before, List<PoolMember> members, Policy policy, PoolSettings settings) {
    PoolSnapshot snapshot =
        PoolSnapshot.of(name, before.snapshot().version() + 1, List.copyOf(members), settings);
    return view.compareAndSet(before, View.of(snapshot, policy));
  }
}
