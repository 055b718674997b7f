package dev.terrace.sql.plan;

import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A bounded map of what was used of late, in two generations: once the young one is full it becomes
 * the old one, whose entries are dropped at the next turn unless they were used in between.
 */
final class Generations<V> {

  private final int generationMax;
  private volatile ConcurrentHashMap<String, V> young = new ConcurrentHashMap<>();
  private volatile ConcurrentHashMap<String, V> old = new ConcurrentHashMap<>();

  /** A map of at most about that many entries. */
  Generations(int entriesMax) {
    this.generationMax = Math.max(1, entriesMax / 2);
  }

  @Nullable V get(String key) {
    V found = young.get(key);
    if (found == null) {
      found = old.get(key);
      if (found != null) {
        put(key, found);
      }
    }
    return found;
  }

  void put(String key, V value) {
    young.put(key, value);
    if (young.mappingCount() > generationMax) {
      turn();
    }
  }

  private synchronized void turn() {
    if (young.mappingCount() > generationMax) {
      old = young;
      young = new ConcurrentHashMap<>();
    }
  }

  int size() {
    return young.size() + old.size();
  }
}
