package dev.terrace.dns;

import org.jspecify.annotations.Nullable;

/** All names that we answer for; {@link ZoneBuilder} makes it from the file. */
final class Zones {

  private final NodeTable nodes;

  Zones(NodeTable nodes) {
    this.nodes = nodes;
  }

  /** What was found of a name. */
  static final class Match {
    private @Nullable Node node;
    private boolean exact;

    /** The name's own node, or else that of the nearest name above it; null outside our zones. */
    @Nullable Node node() {
      return node;
    }

    boolean exact() {
      return exact;
    }
  }

  /**
   * Finds the name or its closest encloser (RFC 4592, section 3.3.1).
   *
   * @param wire the name in lower-case wire form, {@code length} long
   * @param match is overwritten with what was found
   */
  void find(byte[] wire, int length, Match match) {
    int at = 0;
    while (true) {
      Node node = nodes.find(wire, at, length);
      if (node != null || wire[at] == 0) {
        match.node = node;
        match.exact = at == 0;
        return;
      }
      at += wire[at] + 1;
    }
  }

  /** The node of exactly that name, if it is one of ours. */
  @Nullable Node find(Name name) {
    return nodes.find(name.wire(), 0, name.wire().length);
  }
}
