package dev.terrace.core.balance;

import java.util.List;

/**
 * A choice among a few names by weight, always the same for the same key: weighted rendezvous
 * hashing (Thaler and Ravishankar, 1998; Schindelhauer and Schomaker, 2005).
 *
 * <p>Each name runs a race for the key. Key and name give a number u in (0, 1), the name arrives at
 * the time -ln(u) / weight, and the first to arrive has the key. Such times are exponentially
 * distributed, so that a name wins its weight's share of the keys.
 *
 * <p>A name's time depends on its own weight alone. If that grows from 10 to 20 it arrives earlier:
 * it gains keys, from all others by their shares, and no key moves between the others. The same
 * holds for a name that is added. Cut points in [0, 1) at the sums of the weights, as nginx's
 * {@code split_clients} has them, would move keys between the others too, and with the order of the
 * names.
 */
public final class WeightedSplit {

  private final long[] seeds;
  private final int[] weights;

  /** Names with their weights, in the same order. */
  public WeightedSplit(List<String> names, List<Integer> weights) {
    seeds = names.stream().mapToLong(Hashing::hash).toArray();
    this.weights = weights.stream().mapToInt(weight -> weight).toArray();
  }

  /**
   * The index of the name that has the key.
   *
   * @param key a well mixed hash; random bits for a draw
   */
  public int choose(long key) {
    int first = 0;
    double earliest = Double.POSITIVE_INFINITY;
    for (int i = 0; i < seeds.length; i++) {
      double time = -StrictMath.log(unit(Hashing.mix(key ^ seeds[i]))) / weights[i];
      if (time < earliest) {
        first = i;
        earliest = time;
      }
    }
    return first;
  }

  /** A number in (0, 1), never 0, of which there is no logarithm. */
  private static double unit(long bits) {
    return ((bits >>> 11) + 0.5) * 0x1p-53;
  }
}
