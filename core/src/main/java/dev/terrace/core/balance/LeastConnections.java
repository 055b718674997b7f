package dev.terrace.core.balance;

import dev.terrace.core.pool.PoolSnapshot;

/**
 * The member with the least work in hand for its weight, its own word on its load considered. Among
 * equals a random one is taken, so that an idle pool is still used evenly and a restarted member is
 * not stampeded in file order.
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
      double least = 0;
      for (int i = 0; i < size; i++) {
        int candidate = start + i < size ? start + i : start + i - size;
        if (request.allows(available.member(candidate))) {
          double burden = Burden.of(available.member(candidate), request.nanos());
          if (best < 0 || burden < least) {
            best = candidate;
            least = burden;
          }
        }
      }
      return best < 0 ? available.rejected() : available.picked(best);
    };
  }
}
