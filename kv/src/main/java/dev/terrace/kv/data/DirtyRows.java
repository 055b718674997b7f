package dev.terrace.kv.data;

import dev.terrace.engine.Engine.Decision;
import dev.terrace.engine.Engine.Modified;
import org.jspecify.annotations.Nullable;

/** The rows of collections with write back: those whose newest state the store does not have. */
public interface DirtyRows {

  /** The key's entry if the store does not have it yet, or null; does not block. */
  @Nullable Entry entry(EntryKey key);

  /** Changes the row of a key, and returns when that is safe; blocks. */
  Modified write(Collection c, EntryKey key, Decision decision) throws KvError;

  /** Waits until the store has what an earlier process left of the collection's store; blocks. */
  void settle(Collection c) throws KvError;
}
