package dev.terrace.core.pool;

import dev.terrace.core.balance.Pick;
import dev.terrace.core.balance.PickRequest;
import dev.terrace.core.balance.Picker;
import dev.terrace.core.balance.Policy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;

/**
 * A named set of members with a policy: what DNS names, HTTP routes and shards all choose from.
 *
 * <p>Members, their states and the picker built from them are one immutable view behind one atomic
 * reference: {@link #pick} takes no lock, and every change replaces the whole view.
 */
public final class Pool {

  private record View(PoolSnapshot snapshot, Policy policy, Picker picker) {
    static View of(PoolSnapshot snapshot, Policy policy) {
      return new View(snapshot, policy, policy.picker(snapshot));
    }
  }

  private final String name;
  private final AtomicReference<View> view;

  /** A pool whose members are all taken to be up until a health check says otherwise. */
  public Pool(String name, List<Member> members, Policy policy) {
    this.name = name;
    List<PoolMember> fresh = members.stream().map(Pool::fresh).toList();
    this.view = new AtomicReference<>(View.of(PoolSnapshot.of(name, 1, fresh), policy));
  }

  private static PoolMember fresh(Member member) {
    return new PoolMember(member, MemberState.UP, false, "not checked yet", new Load());
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

  /** Chooses a member by the pool's policy, or says why none can be had. */
  public Pick pick(PickRequest request) {
    return view.get().picker().pick(request);
  }

  /**
   * Sets what the health checks found of a member ({@code UP}, {@code WARMING} or {@code DOWN}). A
   * member that is gone is ignored; what is so already changes nothing.
   */
  public void setHealth(String memberId, MemberState health, String reason) {
    change(memberId, m -> m.withHealth(health, reason));
  }

  /** Takes a member out of rotation, or puts it back; health checks do not overrule this. */
  public void setDraining(String memberId, boolean draining) {
    change(memberId, m -> m.withDraining(draining));
  }

  /**
   * Replaces members and policy, as a reload does: members that stay (same id) keep their state and
   * load, new ones start as up, those not named are gone from the next pick on.
   */
  public void configure(List<Member> members, Policy policy) {
    while (true) {
      View before = view.get();
      Map<String, PoolMember> known = new HashMap<>();
      before.snapshot().members().forEach(m -> known.put(m.id(), m));
      List<PoolMember> next = new ArrayList<>(members.size());
      for (Member member : members) {
        PoolMember old = known.get(member.id());
        next.add(old == null ? fresh(member) : old.with(member));
      }
      boolean same = next.equals(before.snapshot().members()) && policy.equals(before.policy());
      if (same || replace(before, next, policy)) {
        return;
      }
    }
  }

  private void change(String memberId, UnaryOperator<PoolMember> change) {
    while (true) {
      View before = view.get();
      List<PoolMember> members = before.snapshot().members();
      List<PoolMember> next =
          members.stream().map(m -> m.id().equals(memberId) ? change.apply(m) : m).toList();
      if (next.equals(members) || replace(before, next, before.policy())) {
        return;
      }
    }
  }

  private boolean replace(View before, List<PoolMember> members, Policy policy) {
    PoolSnapshot snapshot =
        PoolSnapshot.of(name, before.snapshot().version() + 1, List.copyOf(members));
    return view.compareAndSet(before, View.of(snapshot, policy));
  }
}
