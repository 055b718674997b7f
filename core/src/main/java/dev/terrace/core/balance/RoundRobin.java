package dev.terrace.core.balance;

import dev.terrace.core.pool.PoolMember;
import dev.terrace.core.pool.PoolSnapshot;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Members in turn, each as often as its weight says and as evenly spread as can be: weights a=1,
 * b=2, c=3 give {@code cbcabc}, over and over.
 */
public record RoundRobin() implements Policy {

  static final String NAME = "round-robin";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Picker picker(PoolSnapshot snapshot) {
    Available available = new Available(snapshot, NAME);
    int[] turns = turns(available);
    // A start that differs from snapshot to snapshot: else each change would favour the first
    // member.
    AtomicInteger next = new AtomicInteger(Long.hashCode(snapshot.version() * 7919));
    return request -> {
      if (turns.length == 0) {
        return available.rejected();
      }
      int start = Math.floorMod(next.getAndIncrement(), turns.length);
      int first = -1;
      for (int i = 0; i < turns.length; i++) {
        int member = turns[(start + i) % turns.length];
        if (request.allows(available.member(member))) {
          if (available.takesTurn(member, request.nanos(), request.random())) {
            return available.picked(member);
          }
          first = first < 0 ? member : first;
        }
      }
      return first < 0 ? available.rejected() : available.picked(first);
    };
  }

  private record Turn(int member, int weight, int taken) {
    /** The middle of the member's next slot when the round is one unit long. */
    double due() {
      return (taken + 0.5) / weight;
    }
  }

  /**
   * The order of one round, earliest deadline first: a member of weight w takes the w slots whose
   * middles are (k + 1/2) / w of the round.
   */
  private static int[] turns(Available available) {
    int divisor = 0;
    int total = 0;
    for (int i = 0; i < available.size(); i++) {
      divisor = gcd(weight(available.member(i)), divisor);
      total += weight(available.member(i));
    }
    PriorityQueue<Turn> due =
        new PriorityQueue<>(
            Comparator.comparingDouble(Turn::due)
                .thenComparing(Comparator.comparingInt(Turn::weight).reversed())
                .thenComparingInt(Turn::member));
    for (int i = 0; i < available.size(); i++) {
      due.add(new Turn(i, weight(available.member(i)) / divisor, 0));
    }
    int[] turns = new int[divisor == 0 ? 0 : total / divisor];
    for (int slot = 0; slot < turns.length; slot++) {
      Turn turn = due.remove();
      turns[slot] = turn.member();
      due.add(new Turn(turn.member(), turn.weight(), turn.taken() + 1));
    }
    return turns;
  }

  private static int weight(PoolMember member) {
    return member.member().weight();
  }

  private static int gcd(int a, int b) {
    return b == 0 ? a : gcd(b, a % b);
  }
}
