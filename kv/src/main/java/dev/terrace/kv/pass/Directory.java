package dev.terrace.kv.pass;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** Finds the keys of the request at hand, and the nodes that have them. */
final class Directory {

  private static final Owners APART = new Owners.Apart();
  private static final Owners TABLES = new Owners.Tables();
  private static final Owners MIXED = new Owners.Mixed();
  private static final NodeLinks[] NOBODY = {};

  private final LoopNodes home;
  private final RequestFrame frame;
  private final KeyPlaces keys = new KeyPlaces();

  Directory(LoopNodes home, RequestFrame frame) {
    this.home = home;
    this.frame = frame;
  }

  /** Finds the request's keys. */
  KeyPlaces find(PassCommand command) {
    keys.find(command, frame);
    return keys;
  }

  /** Who has the keys that were found last. */
  Owners owners(PassView view) {
    NodeLinks found = null;
    boolean apart = false;
    int tables = 0;
    for (int i = 0; i < keys.count(); i++) {
      NodeLinks its = owner(view, keys.get(i));
      if (its == null) {
        tables++;
      } else if (found == null) {
        found = its;
      } else if (found != its) {
        apart = true;
      }
    }
    if (found == null) {
      return TABLES;
    }
    if (tables > 0) {
      return MIXED;
    }
    return apart ? APART : found.one();
  }

  /** The node that has the key which is that word; null if no node has. */
  @Nullable NodeLinks owner(PassView view, int word) {
    ByteBuf in = frame.buffer();
    int start = frame.start(word);
    int length = frame.length(word);
    PassStore store = view.of(in, start, length);
    return store == null
        ? null
        : home.links(view)[store.number()][store.ring().owner(in, start, length)];
  }

  /** The node of the default store that has the channel which is that word. */
  @Nullable NodeLinks channel(PassView view, int word) {
    PassStore store = view.defaultStore();
    if (store == null) {
      return null;
    }
    boolean there = word < frame.words();
    int owner =
        there ? store.ring().owner(frame.buffer(), frame.start(word), frame.length(word)) : 0;
    return home.links(view)[store.number()][owner];
  }

  /** The node of the default store that is asked what has no key. */
  @Nullable NodeLinks first(PassView view) {
    PassStore store = view.defaultStore();
    return store == null ? null : home.links(view)[store.number()][0];
  }

  /** All nodes of the default store. */
  NodeLinks[] all(PassView view) {
    PassStore store = view.defaultStore();
    return store == null ? NOBODY : home.links(view)[store.number()];
  }
}
