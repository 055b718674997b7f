package dev.terrace.core.balance;

import dev.terrace.core.pool.PoolSnapshot;

/**
 * Two random members, the one with less work in hand for its weight. Nearly as even as looking at
 * all of them, at a cost that does not grow with the pool (Mitzenmacher, "The Power of Two Choices
 * in Randomized Load Balancing", 2001).
 */
public record PowerOfTwoChoices() implements Policy {

  static final String NAME = "power-of-two";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Picker picker(PoolSnapshot snapshot) {
    Available available = new Available(snapshot, NAME);
    return request -> {
      int first = first(available, request);
      if (first < 0) {
        return available.rejected();
      }
      int second = second(available, request, first);
      boolean takeSecond =
          second >= 0
              && Burden.of(available.member(second), request.nanos())
                  < Burden.of(available.member(first), request.nanos());
      return available.picked(takeSecond ? second : first);
    };
  }

  /** A random member that was not tried, -1 if there is none. */
  static int first(Available available, PickRequest request) {
    return nth(available, request, request.random() >>> 32, -1);
  }

  /** Another random member that was not tried, -1 if there is none. */
  static int second(Available available, PickRequest request, int first) {
    return nth(available, request, request.random() & 0xFFFF_FFFFL, first);
  }

  /** An untried member other than {@code not}, near the drawn position; -1 if there is none. */
  private static int nth(Available available, PickRequest request, long drawn, int not) {
    int size = available.size();
    // Drawing the second from one fewer and stepping over the first keeps all pairs equally likely.
    int choices = not < 0 ? size : size - 1;
    if (choices <= 0) {
      return -1;
    }
    int start = (int) (drawn % choices);
    if (not >= 0 && start >= not) {
      start++;
    }
    for (int i = 0; i < size; i++) {
      int candidate = (start + i) % size;
      if (candidate != not && request.allows(available.member(candidate))) {
        return candidate;
      }
    }
    return -1;
  }
}
