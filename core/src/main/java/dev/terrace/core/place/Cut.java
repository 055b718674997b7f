package dev.terrace.core.place;

import java.util.ArrayList;
import java.util.List;

/**
 * A place between keys in their order: right before or right behind all keys that begin with some
 * columns. Of no columns it is before, or behind, all keys.
 */
public record Cut(List<Key> columns, boolean behind) implements Comparable<Cut> {

  public Cut {
    columns = List.copyOf(columns);
  }

  /** Before the keys whose first columns those of a key are. */
  public static Cut before(Key key) {
    return new Cut(columns(key), false);
  }

  /** Before the keys that begin with some columns and then have a value, or a higher one. */
  public static Cut before(List<Key> columns, Key next) {
    return new Cut(with(columns, next), false);
  }

  /** Behind the keys that begin with some columns and then have a value. */
  public static Cut behind(List<Key> columns, Key next) {
    // As long as a value comes right after, so that there is one name for one place.
    return next.next()
        .map(following -> before(columns, following))
        .orElseGet(() -> new Cut(with(columns, next), true));
  }

  private static List<Key> columns(Key key) {
    return key instanceof Key.Row(List<Key> several) ? several : List.of(key);
  }

  private static List<Key> with(List<Key> columns, Key next) {
    List<Key> more = new ArrayList<>(columns);
    more.add(next);
    return more;
  }

  @Override
  public int compareTo(Cut other) {
    int common = Math.min(columns.size(), other.columns.size());
    for (int i = 0; i < common; i++) {
      int order = columns.get(i).compareTo(other.columns.get(i));
      if (order != 0) {
        return order;
      }
    }
    if (columns.size() == other.columns.size()) {
      return Boolean.compare(behind, other.behind);
    }
    boolean around = columns.size() < other.columns.size();
    return (around ? behind : !other.behind) ? 1 : -1;
  }
}
