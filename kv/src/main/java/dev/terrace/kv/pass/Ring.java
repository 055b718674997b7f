package dev.terrace.kv.pass;

import dev.terrace.core.balance.Hashing;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Which node has a key: nodes have points on a ring, as many as they weigh, and a key belongs to
 * the next point from its hash on. When a node comes or goes only its share of the keys moves
 * (Karger et al., 1997). Of a key with {@code {...}} only what is within the first braces is
 * hashed, so that keys with the same tag are on the same node, as in a Redis Cluster.
 */
final class Ring {

  /** Points of a node of weight 1. */
  private static final int POINTS = 160;

  private record Point(long position, int node) {}

  private final List<Node> nodes;
  private final long[] positions;
  private final int[] owners;

  Ring(List<Node> nodes) {
    this.nodes = List.copyOf(nodes);
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

  List<Node> nodes() {
    return nodes;
  }

  /** Whether each key is on the node of the same name, whatever its address. */
  boolean placesAs(Ring other) {
    return places().equals(other.places());
  }

  private Map<String, Integer> places() {
    return nodes.stream().collect(Collectors.toMap(Node::name, Node::weight, (a, b) -> a));
  }

  /** The number of the node that has a key. */
  int owner(ByteBuf in, int start, int length) {
    return nodes.size() == 1 ? 0 : owner(hash(in, start, length));
  }

  private int owner(long hash) {
    int found = Arrays.binarySearch(positions, hash);
    int next = found >= 0 ? found : -found - 1;
    return owners[next == owners.length ? 0 : next];
  }

  private static long hash(ByteBuf in, int start, int length) {
    int from = start;
    int to = start + length;
    int open = in.indexOf(start, to, (byte) '{');
    if (open >= 0) {
      int close = in.indexOf(open + 1, to, (byte) '}');
      if (close > open + 1) {
        from = open + 1;
        to = close;
      }
    }
    long hash = 0xcbf29ce484222325L;
    for (int i = from; i < to; i++) {
      hash = (hash ^ (in.getByte(i) & 0xFF)) * 0x100000001b3L;
    }
    return Hashing.mix(hash);
  }
}
