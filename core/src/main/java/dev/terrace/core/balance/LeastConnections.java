package dev.terrace.core.balance;

import dev.terrace.core.pool.PoolMember;
import dev.terrace.core.pool.PoolSnapshot;

/**
 * The member with the least work in hand for its weight. Among equals a random one is taken, so
 * that an idle pool is still used evenly and a restarted member is not stampeded in file order.
 */
public record LeastConnections() implements Policy {

  static final String NAME = "least-connections";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Picker picker(PoolSnapshot snapshot) {
    Available available = new Available(snapshot, NAME);
    return request -> {
      int size = available.size();
      int start = size == 0 ? 0 : (int) Long.remainderUnsigned(request.random(), size);
      int best = -1;
      for (int i = 0; i < size; i++) {
        int candidate = start + i < size ? start + i : start + i - size;
        if (request.allows(available.member(candidate))
            && (best < 0 || lighter(available.member(candidate), available.member(best)))) {
          best = candidate;
        }
      }
      return best < 0 ? available.rejected() : available.picked(best);
    };
  }

  /** Whether one more unit of work would weigh less on {@code a} than on {@code b}. */
  static boolean lighter(PoolMember a, PoolMember b) {
    long workOfA = a.load().inFlight() + 1L;
    long workOfB = b.load().inFlight() + 1L;
    return workOfA * b.member().weight() < workOfB * a.member().weight();
  }
}
