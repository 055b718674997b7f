package dev.terrace.core.balance;

import dev.terrace.core.balance.Pick.Picked;
import dev.terrace.core.pool.PoolMember;
import dev.terrace.core.pool.PoolSnapshot;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * The same member for the same key, and when a member comes or goes only its share of the keys
 * moves (Karger et al., 1997). A member that has more than its bounded share of the work in hand
 * passes keys on to the next on the ring (Mirrokni et al., "Consistent Hashing with Bounded Loads",
 * 2017).
 *
 * @param input what of the request is hashed
 * @param loadBound how many times its fair share a member may have in hand before keys pass on,
 *     above 1; {@link Double#POSITIVE_INFINITY} for never
 */
public record ConsistentHash(HashInput input, double loadBound) implements Policy {

  static final String IP_HASH = "ip-hash";
  static final double LOAD_BOUND = 1.25;

  /** A member with fewer units in hand than this is never overloaded, whatever the others have. */
  static final int ALWAYS_ALLOWED = 16;

  /** Points on the ring per unit of relative weight: shares then differ by some 8 %. */
  private static final int POINTS = 160;

  public ConsistentHash {
    if (!(loadBound > 1)) {
      throw new IllegalArgumentException("a load bound must be above 1, not " + loadBound);
    }
  }

  static ConsistentHash ofClientAddress() {
    return new ConsistentHash(new HashInput.ClientAddress(), LOAD_BOUND);
  }

  @Override
  public String name() {
    return switch (input) {
      case HashInput.ClientAddress() -> IP_HASH;
      case HashInput.Header _, HashInput.Cookie _, HashInput.Query _, HashInput.Path _ ->
          "hash(" + input.text() + ")";
      case HashInput.None() -> "hash";
    };
  }

  @Override
  public HashInput hashInput() {
    return input;
  }

  @Override
  public Picker picker(PoolSnapshot snapshot) {
    return new Ring(new Available(snapshot, name()), loadBound);
  }

  private static final class Ring implements Picker {

    private record Point(long position, int member) {}

    private final Available available;
    private final double loadBound;
    private final long[] positions;
    private final int[] owners;
    private final Picked[] passedOn;
    private final long totalWeight;

    Ring(Available available, double loadBound) {
      this.available = available;
      this.loadBound = loadBound;
      Point[] points = points(available);
      positions = Arrays.stream(points).mapToLong(Point::position).toArray();
      owners = Arrays.stream(points).mapToInt(Point::member).toArray();
      passedOn = new Picked[available.size()];
      long weight = 0;
      for (int i = 0; i < passedOn.length; i++) {
        passedOn[i] = new Picked(available.member(i), "load-bound");
        weight += available.member(i).member().weight();
      }
      totalWeight = weight;
    }

    /** A member's points depend on its id and weight alone: others' coming and going moves none. */
    private static Point[] points(Available available) {
      List<Point> points = new ArrayList<>();
      for (int i = 0; i < available.size(); i++) {
        PoolMember member = available.member(i);
        long seed = Hashing.hash(member.id());
        int count = POINTS * member.member().weight();
        for (int k = 0; k < count; k++) {
          points.add(new Point(Hashing.mix(seed + k * 0x9E3779B97F4A7C15L), i));
        }
      }
      points.sort(Comparator.comparingLong(Point::position).thenComparingInt(Point::member));
      return points.toArray(Point[]::new);
    }

    @Override
    public Pick pick(PickRequest request) {
      if (positions.length == 0) {
        return available.rejected();
      }
      int found = Arrays.binarySearch(positions, request.key());
      int start = found >= 0 ? found : -found - 1;
      long inFlight = Double.isInfinite(loadBound) ? 0 : inFlight();
      int first = -1;
      for (int i = 0; i < owners.length; i++) {
        int owner = owners[(start + i) % owners.length];
        // A member that warms up takes the same keys each time, and more of them as it warms.
        if (request.allows(available.member(owner))
            && available.takesTurn(owner, request.nanos(), request.key())) {
          if (first < 0) {
            first = owner;
          }
          if (hasRoom(available.member(owner), inFlight)) {
            return owner == first ? available.picked(owner) : passedOn[owner];
          }
        }
      }
      return first < 0 ? coldest(request) : available.picked(first);
    }

    /** If nobody but members that warm up is left, one of them. */
    private Pick coldest(PickRequest request) {
      for (int i = 0; i < available.size(); i++) {
        if (request.allows(available.member(i))) {
          return available.picked(i);
        }
      }
      return available.rejected();
    }

    private long inFlight() {
      long sum = 0;
      for (int i = 0; i < available.size(); i++) {
        sum += available.member(i).load().inFlight();
      }
      return sum;
    }

    private boolean hasRoom(PoolMember member, long inFlight) {
      int own = member.load().inFlight();
      if (own < ALWAYS_ALLOWED || Double.isInfinite(loadBound)) {
        return true;
      }
      double fair = (inFlight + 1.0) * member.member().weight() / totalWeight;
      return own < Math.ceil(loadBound * fair);
    }
  }
}
