package dev.terrace.core.place;

import dev.terrace.core.balance.Hashing;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * Which of several nodes has a key: nodes have points on a ring, as many as they weigh, and a key
 * belongs to the next point from its hash on. When a node comes or goes only its share of the keys
 * moves (Karger et al., Consistent Hashing and Random Trees, 1997).
 */
public final class HashRing {

  /** Points of a node of weight 1: shares then differ by some 8 %. */
  private static final int POINTS = 160;

  /**
   * A node.
   *
   * @param name what its points go by: it keeps its keys as long as it keeps its name
   * @param weight its share beside the others'
   */
  public record Node(String name, int weight) {}

  private record Point(long position, int node) {}

  private final int nodes;
  private final long[] positions;
  private final int[] owners;

  /** A ring of these nodes, which are numbered in their order. */
  public HashRing(List<Node> nodes) {
    if (nodes.isEmpty()) {
      throw new IllegalArgumentException("a ring needs a node");
    }
    this.nodes = nodes.size();
    List<Point> points = new ArrayList<>();
    for (int i = 0; i < nodes.size(); i++) {
      Node node = nodes.get(i);
      long seed = Hashing.hash(node.name());
      for (int k = 0; k < POINTS * node.weight(); k++) {
        points.add(new Point(Hashing.mix(seed + k * 0x9E3779B97F4A7C15L), i));
      }
    }
    points.sort(Comparator.comparingLong(Point::position).thenComparingInt(Point::node));
    positions = points.stream().mapToLong(Point::position).toArray();
    owners = points.stream().mapToInt(Point::node).toArray();
  }

  /** The number of the node that has keys of that hash; all bits of it must be well mixed. */
  public int owner(long hash) {
    if (nodes == 1) {
      return 0;
    }
    int found = Arrays.binarySearch(positions, hash);
    int next = found >= 0 ? found : -found - 1;
    return owners[next == owners.length ? 0 : next];
  }

  /** The number of the node that has a key. */
  public int owner(byte[] key) {
    return owner(hash(key));
  }

  /** The hash of a key: FNV-1a, mixed. */
  public static long hash(byte[] key) {
    long hash = 0xcbf29ce484222325L;
    for (byte b : key) {
      hash = (hash ^ (b & 0xFF)) * 0x100000001b3L;
    }
    return Hashing.mix(hash);
  }
}
