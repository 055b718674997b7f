package dev.terrace.kv.data;

import dev.terrace.engine.Engine.Decision;
import dev.terrace.engine.Engine.Modified;
import java.util.List;

/** Where commands change rows: each by itself, or several in one transaction. It blocks. */
public interface Writes {

  /**
   * Changes the row of a key; a table that is everywhere is changed on all shards, or on none.
   *
   * @param decision may be asked more than once
   */
  Modified write(Collection c, EntryKey key, Decision decision) throws KvError;

  /**
   * Runs work with several keys in one transaction.
   *
   * @param places all keys that the work may touch; they must be on one shard
   * @param work may be run more than once; if it throws, nothing is changed
   */
  <T> T together(List<KeyPlace> places, Together<T> work) throws KvError;

  /** Work with several keys. */
  @FunctionalInterface
  interface Together<T> {
    /** Reads and changes rows. */
    T in(KeyTransaction transaction) throws KvError;
  }
}
