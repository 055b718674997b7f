package dev.terrace.core.balance;

import dev.terrace.core.pool.Load;
import dev.terrace.core.pool.PoolMember;

/**
 * How much one more unit of work would weigh on a member: what it has in hand and that unit, more
 * so the busier it says it is, less so the larger its weight. A member that warms up has a smaller
 * weight.
 */
final class Burden {

  private Burden() {}

  static double of(PoolMember member, long nanos) {
    Load load = member.load();
    double work = load.inFlight() + 1.0;
    return work * (1 + load.reported(nanos)) / weight(member, nanos);
  }

  static double weight(PoolMember member, long nanos) {
    return member.member().weight() * member.warmup().share(nanos);
  }
}
