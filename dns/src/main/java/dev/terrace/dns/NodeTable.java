package dev.terrace.dns;

import java.util.Arrays;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * Nodes by name: a hash table whose look-up takes a part of a byte array, so that a query's name
 * and all that it ends in are looked up where they lie. Only names of the file are ever put in, so
 * nobody outside can crowd a slot.
 */
final class NodeTable {

  private final @Nullable Node[] slots;
  private final int mask;

  NodeTable(Collection<Node> nodes) {
    slots = new @Nullable Node[Math.max(4, Integer.highestOneBit(nodes.size() * 4))];
    mask = slots.length - 1;
    for (Node node : nodes) {
      byte[] wire = node.name().wire();
      int slot = hash(wire, 0, wire.length) & mask;
      while (slots[slot] != null) {
        slot = (slot + 1) & mask;
      }
      slots[slot] = node;
    }
  }

  /** The node of the name in lower-case wire form from {@code from} to {@code to}. */
  @Nullable Node find(byte[] wire, int from, int to) {
    int slot = hash(wire, from, to) & mask;
    Node node = slots[slot];
    while (node != null) {
      byte[] name = node.name().wire();
      if (Arrays.equals(wire, from, to, name, 0, name.length)) {
        return node;
      }
      slot = (slot + 1) & mask;
      node = slots[slot];
    }
    return null;
  }

  private static int hash(byte[] wire, int from, int to) {
    int hash = 1;
    for (int i = from; i < to; i++) {
      hash = 31 * hash + wire[i];
    }
    hash *= 0x9E3779B9;
    return hash ^ (hash >>> 16);
  }
}
