package dev.terrace.core.balance;

import dev.terrace.core.pool.PoolSnapshot;
import java.util.Arrays;

/** A random member, each as likely as its weight says. */
public record RandomChoice() implements Policy {

  static final String NAME = "random";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Picker picker(PoolSnapshot snapshot) {
    Available available = new Available(snapshot, NAME);
    int[] upTo = new int[available.size()];
    int sum = 0;
    for (int i = 0; i < upTo.length; i++) {
      sum += available.member(i).member().weight();
      upTo[i] = sum;
    }
    int total = sum;
    return request -> {
      if (total == 0) {
        return available.rejected();
      }
      int drawn = (int) Long.remainderUnsigned(request.random(), total);
      int found = Arrays.binarySearch(upTo, drawn + 1);
      int start = found >= 0 ? found : -found - 1;
      int first = -1;
      for (int i = 0; i < upTo.length; i++) {
        int candidate = (start + i) % upTo.length;
        if (request.allows(available.member(candidate))) {
          if (available.takesTurn(candidate, request.nanos(), request.random())) {
            return available.picked(candidate);
          }
          first = first < 0 ? candidate : first;
        }
      }
      return first < 0 ? available.rejected() : available.picked(first);
    };
  }
}
