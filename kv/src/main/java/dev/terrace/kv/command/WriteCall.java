package dev.terrace.kv.command;

import dev.terrace.engine.Engine.Decision;
import dev.terrace.engine.Engine.Modified;
import dev.terrace.kv.data.Collection;
import dev.terrace.kv.data.DataTier;
import dev.terrace.kv.data.EntryKey;
import dev.terrace.kv.data.KvError;
import java.util.List;

/**
 * A write with its keys.
 *
 * @param args the command's words
 * @param nowMillis the wall clock
 */
@SuppressWarnings("ArrayRecordComponent") // passed on, never compared
public record WriteCall(
    byte[][] args,
    List<Collection> collections,
    List<EntryKey> keys,
    DataTier.View data,
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

  /** Changes the first key's row. */
  Modified write(Decision decision) throws KvError {
    return write(0, decision);
  }

  /** Changes the row of the key with that index. */
  Modified write(int key, Decision decision) throws KvError {
    return data.writes().write(collections.get(key), keys.get(key), decision);
  }
}
