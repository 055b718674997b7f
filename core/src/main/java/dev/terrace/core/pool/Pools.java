package dev.terrace.core.pool;

import dev.terrace.core.balance.Policy;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * All pools of a running system by name. A reload changes the set; a {@link Pool} that stays is the
 * same object before and after, so that fronts may hold on to it.
 */
public final class Pools {

  /** What a pool is to be: its members, its policy, how it treats its members. */
  public record Spec(String name, List<Member> members, Policy policy, PoolSettings settings) {

    /** A plain pool. */
    public Spec(String name, List<Member> members, Policy policy) {
      this(name, members, policy, PoolSettings.PLAIN);
    }

    /** The same pool with other members. */
    public Spec with(List<Member> others) {
      return new Spec(name, others, policy, settings);
    }
  }

  private volatile Map<String, Pool> pools = Map.of();

  /** Makes the set equal to the specs: creates, reconfigures and forgets pools. */
  public synchronized void configure(Collection<Spec> specs) {
    Map<String, Pool> next = new LinkedHashMap<>();
    for (Spec spec : specs) {
      Pool known = pools.get(spec.name());
      if (known == null) {
        known = new Pool(spec.name(), spec.members(), spec.policy(), spec.settings());
      } else {
        known.configure(spec.members(), spec.policy(), spec.settings());
      }
      next.put(spec.name(), known);
    }
    pools = Collections.unmodifiableMap(next);
  }

  /** The pool of that name. */
  public Optional<Pool> find(String name) {
    return Optional.ofNullable(pools.get(name));
  }

  /**
   * The pool of that name, which the file's check has made sure of.
   *
   * @throws IllegalArgumentException if there is none
   */
  public Pool get(String name) {
    return find(name).orElseThrow(() -> new IllegalArgumentException("no pool '" + name + "'"));
  }

  /** All pools, in file order. */
  public Collection<Pool> all() {
    return pools.values();
  }
}
