package dev.terrace.kv.command;

import dev.terrace.engine.Engine.Decision;
import dev.terrace.engine.Engine.Modified;
import dev.terrace.kv.data.Collection;
import dev.terrace.kv.data.EntryKey;
import dev.terrace.kv.data.KeyPlace;
import dev.terrace.kv.data.KvError;
import dev.terrace.kv.data.Writes;
import java.util.ArrayList;
import java.util.List;

/**
 * A write with its keys.
 *
 * @param args the command's words
 * @param writes where it writes
 * @param nowMillis the wall clock
 */
@SuppressWarnings("ArrayRecordComponent") // passed on, never compared
public record WriteCall(
    byte[][] args,
    List<Collection> collections,
    List<EntryKey> keys,
    Writes writes,
    long nowMillis) {

  private static final long VALUE_BYTES_MAX = 512L << 20;

  /** The first key's collection. */
  Collection collection() {
    return collections.getFirst();
  }

  /** Complains of a value that would be longer than values may be. */
  void checkLength(long bytes) throws KvError {
    if (bytes > VALUE_BYTES_MAX) {
      throw KvError.of("string exceeds maximum allowed size (proto-max-bulk-len)");
    }
  }

  /** The keys with their collections. */
  List<KeyPlace> places() {
    List<KeyPlace> places = new ArrayList<>(keys.size());
    for (int i = 0; i < keys.size(); i++) {
      places.add(new KeyPlace(collections.get(i), keys.get(i)));
    }
    return places;
  }

  /** The same, writing elsewhere. */
  WriteCall into(Writes other) {
    return new WriteCall(args, collections, keys, other, nowMillis);
  }

  /** Changes the first key's row. */
  Modified write(Decision decision) throws KvError {
    return write(0, decision);
  }

  /** Changes the row of the key with that index. */
  Modified write(int key, Decision decision) throws KvError {
    return writes.write(collections.get(key), keys.get(key), decision);
  }
}
