package dev.terrace.kv.data;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The collections of one file, found by the part of a key before its first colon. */
public final class Collections {

  /** A hash table without chains: a power of two of slots, at most half of them taken. */
  private final Collection[][] slots;

  private final Map<String, Collection> byName;

  Collections(List<Collection> all) {
    byName = new TreeMap<>();
    all.forEach(c -> byName.put(c.name(), c));
    slots = new Collection[Integer.highestOneBit(2 * all.size() + 1) * 2][];
    for (Collection c : all) {
      int slot = hash(c.prefix(), c.prefixLength() - 1) & (slots.length - 1);
      Collection[] there = slots[slot];
      Collection[] more = new Collection[there == null ? 1 : there.length + 1];
      if (there != null) {
        System.arraycopy(there, 0, more, 0, there.length);
      }
      more[more.length - 1] = c;
      slots[slot] = more;
    }
  }

  /** All of them, by name. */
  public java.util.Collection<Collection> all() {
    return byName.values();
  }

  /**
   * The collection that a key belongs to.
   *
   * @throws KvError that names the collections there are, if it belongs to none
   */
  public Collection of(byte[] key) throws KvError {
    Collection found = find(key);
    if (found != null) {
      return found;
    }
    throw KvError.of(
        "key '"
            + Texts.shown(key)
            + "' belongs to no collection; keys are COLLECTION:ID, and"
            + " collections are: "
            + String.join(", ", byName.keySet()));
  }

  /** The collection that a key belongs to, or null. */
  @Nullable Collection find(byte[] key) {
    int colon = 0;
    while (colon < key.length && key[colon] != ':') {
      colon++;
    }
    if (colon < key.length) {
      Collection[] there = slots[hash(key, colon) & (slots.length - 1)];
      if (there != null) {
        for (Collection c : there) {
          if (c.prefixLength() == colon + 1 && startsWith(key, c.prefix())) {
            return c;
          }
        }
      }
    }
    return null;
  }

  private static boolean startsWith(byte[] key, byte[] prefix) {
    for (int i = 0; i < prefix.length; i++) {
      if (key[i] != prefix[i]) {
        return false;
      }
    }
    return true;
  }

  private static int hash(byte[] bytes, int length) {
    int hash = 0;
    for (int i = 0; i < length; i++) {
      hash = 31 * hash + bytes[i];
    }
    return hash ^ (hash >>> 15);
  }
}
