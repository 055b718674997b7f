package dev.terrace.kv.data;

/** Hears which keys were changed, or are to be forgotten by whoever keeps them. */
@FunctionalInterface
public interface KeyListener {

  /** Called on whatever thread changed it, after the store has, before the answer; never blocks. */
  void changed(Collection collection, EntryKey key);
}
