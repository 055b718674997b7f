package dev.terrace.kv.command;

import dev.terrace.kv.data.Collection;
import dev.terrace.kv.data.Entry;
import dev.terrace.kv.data.KvError;

/**
 * A read with the entries of its keys.
 *
 * @param args the command's words
 * @param collections the collection of each key
 * @param entries the entry of each key, in the same order
 * @param nowMillis the wall clock
 */
@SuppressWarnings("ArrayRecordComponent") // passed on, never compared
public record ReadCall(byte[][] args, Collection[] collections, Entry[] entries, long nowMillis) {

  /** The first key's entry. */
  Entry entry() {
    return entries[0];
  }

  /** Whether the first key exists. */
  boolean exists() {
    return entries[0].exists(nowMillis);
  }

  /** The index of the field that the word at that place names. */
  int field(int at) throws KvError {
    String name = Arguments.text(args[at]);
    int index = entries[0].index(name);
    if (index < 0) {
      throw unknownField(collections[0], name);
    }
    return index;
  }

  static KvError unknownField(Collection c, String name) {
    return KvError.of(
        "collection '"
            + c.name()
            + "' has no field '"
            + name
            + "', only "
            + String.join(", ", c.fieldNames()));
  }
}
