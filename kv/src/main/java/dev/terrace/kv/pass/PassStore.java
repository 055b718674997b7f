package dev.terrace.kv.pass;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A store whose shards are Redis servers.
 *
 * <p>While its nodes have changed and keys are still where they were, it knows the rings before:
 * then a key is looked for at its former nodes, and moved, before anything is done with it.
 */
final class PassStore {

  private final String name;
  private final int number;
  private final Ring ring;
  private final List<Ring> before;

  /** Those of the ring, in its order, and after them those that only rings before had. */
  private final List<Node> nodes;

  /** Set before the view is served. */
  private @Nullable Mover mover;

  /**
   * A store.
   *
   * @param number its place among the view's stores
   * @param before where keys may still be, latest first
   */
  PassStore(String name, int number, Ring ring, List<Ring> before) {
    this.name = name;
    this.number = number;
    this.ring = ring;
    this.before = List.copyOf(before);
    List<Node> all = new ArrayList<>(ring.nodes());
    for (Ring one : before) {
      for (Node node : one.nodes()) {
        if (index(all, node) < 0) {
          all.add(node);
        }
      }
    }
    this.nodes = List.copyOf(all);
  }

  String name() {
    return name;
  }

  int number() {
    return number;
  }

  Ring ring() {
    return ring;
  }

  List<Ring> before() {
    return before;
  }

  List<Node> nodes() {
    return nodes;
  }

  /** Whether keys may be elsewhere than the ring says. */
  boolean moving() {
    return !before.isEmpty();
  }

  void mover(Mover its) {
    mover = its;
  }

  /** Who moves the keys, while they are moved. */
  @Nullable Mover mover() {
    return mover;
  }

  /** The same store with nothing known of who moves its keys. */
  PassStore copy(List<Ring> still) {
    return new PassStore(name, number, ring, still);
  }

  /** A node is the same under its name, whatever its address. */
  private static int index(List<Node> nodes, Node node) {
    for (int i = 0; i < nodes.size(); i++) {
      if (nodes.get(i).name().equals(node.name())) {
        return i;
      }
    }
    return -1;
  }

  /** The number of the node that had a key by a ring before. */
  int former(Ring one, ByteBuf in, int start, int length) {
    return index(nodes, one.nodes().get(one.owner(in, start, length)));
  }
}
