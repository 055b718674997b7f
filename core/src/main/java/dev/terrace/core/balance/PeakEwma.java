package dev.terrace.core.balance;

import dev.terrace.core.pool.PoolMember;
import dev.terrace.core.pool.PoolSnapshot;

/**
 * Two random members, the one whose work is done sooner: latency of late, times what it has in
 * hand, for its weight. The latency ({@link dev.terrace.core.pool.Load#latency}) jumps up with each
 * slow answer and comes down slowly, as in Finagle's and Linkerd's balancers of that name.
 *
 * <p>It comes down with time alone too. A member that was slow once is passed over until its
 * latency has faded, some tens of seconds, and is then tried again: it is never starved. A member
 * that nothing is known of yet counts as fast as the one it is compared with, so that it is neither
 * shunned nor flooded.
 */
public record PeakEwma() implements Policy {

  static final String NAME = "peak-ewma";

  /** Differences below this are noise: 0.1 ms. */
  private static final double FLOOR_NANOS = 100_000;

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Picker picker(PoolSnapshot snapshot) {
    Available available = new Available(snapshot, NAME);
    return request -> {
      int first = PowerOfTwoChoices.first(available, request);
      if (first < 0) {
        return available.rejected();
      }
      int second = PowerOfTwoChoices.second(available, request, first);
      boolean takeSecond =
          second >= 0 && sooner(available.member(second), available.member(first), request.nanos());
      return available.picked(takeSecond ? second : first);
    };
  }

  private static boolean sooner(PoolMember a, PoolMember b, long nanos) {
    double latencyOfA = a.load().latency(nanos);
    double latencyOfB = b.load().latency(nanos);
    if (latencyOfA == 0 || latencyOfB == 0) {
      return Burden.of(a, nanos) < Burden.of(b, nanos);
    }
    return Math.max(FLOOR_NANOS, latencyOfA) * Burden.of(a, nanos)
        < Math.max(FLOOR_NANOS, latencyOfB) * Burden.of(b, nanos);
  }
}
