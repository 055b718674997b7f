package dev.terrace.kv.data;

/**
 * Hears which keys were changed, here or by other nodes, so that whoever keeps them forgets them.
 */
public interface KeyListener {

  /** Called on whatever thread changed it, after the store has, before the answer; never blocks. */
  void changed(Collection collection, EntryKey key);

  /** Any key may have been changed. */
  void allChanged();
}
