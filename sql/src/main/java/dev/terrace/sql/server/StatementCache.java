package dev.terrace.sql.server;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The statements that one server connection has prepared, under names that clients never see, so
 * that clients with the same statement share it. The least recently used ones go first. A name is
 * never used twice.
 */
public final class StatementCache {

  private static final int STATEMENTS_MAX = 500;

  private final Map<PreparedText, String> names = new LinkedHashMap<>(16, 0.75f, true);
  private @Nullable PreparedText unnamed;
  private long next;

  /** The name under which the statement is prepared, null if it is not. */
  public @Nullable String find(PreparedText text) {
    return names.get(text);
  }

  /** A new name for a statement that is being prepared. */
  public String add(PreparedText text) {
    String name = "t" + next++;
    names.put(text, name);
    return name;
  }

  /** The name of a statement to close as there are too many; null if there are not. */
  public @Nullable String evict() {
    if (names.size() <= STATEMENTS_MAX) {
      return null;
    }
    Iterator<String> oldest = names.values().iterator();
    String name = oldest.next();
    oldest.remove();
    return name;
  }

  /** The statement could not be prepared after all. */
  public void remove(PreparedText text) {
    names.remove(text);
    if (isUnnamed(text)) {
      unnamed = null;
    }
  }

  /** The unnamed statement is this one from now on; null if there is none any more. */
  public void unnamed(@Nullable PreparedText text) {
    unnamed = text;
  }

  /** Whether the unnamed statement is this one. */
  public boolean isUnnamed(PreparedText text) {
    return unnamed != null && text.equals(unnamed);
  }

  /** Whether nothing is prepared. */
  public boolean isEmpty() {
    return names.isEmpty() && unnamed == null;
  }

  /** All are gone, as after DISCARD ALL. */
  public void clear() {
    names.clear();
    unnamed = null;
  }

  /** How many are prepared under a name. */
  public int size() {
    return names.size();
  }
}
