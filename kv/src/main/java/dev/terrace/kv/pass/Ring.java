package dev.terrace.kv.pass;

import dev.terrace.core.balance.Hashing;
import dev.terrace.core.place.HashRing;
import io.netty.buffer.ByteBuf;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Which node has a key, by a ring of the nodes' names. Of a key with {@code {...}} only what is
 * within the first braces is hashed, so that keys with the same tag are on the same node, as in a
 * Redis Cluster.
 */
final class Ring {

  private final List<Node> nodes;
  private final HashRing ring;

  Ring(List<Node> nodes) {
    this.nodes = List.copyOf(nodes);
    this.ring =
        new HashRing(nodes.stream().map(n -> new HashRing.Node(n.name(), n.weight())).toList());
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
    return nodes.size() == 1 ? 0 : ring.owner(hash(in, start, length));
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
