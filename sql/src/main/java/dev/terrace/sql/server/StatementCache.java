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

  /** What no client's own PREPARE is likely to name. */
  private static final String PREFIX = "terrace.";

  private static final int STATEMENTS_MAX = 500;

  private static final class Prepared {
    final String name;
    final PreparedText text;
    final long schemaVersion;

    /** What the server said of its columns; 0 while it was not asked. */
    long columns;

    Prepared(String name, PreparedText text, long schemaVersion) {
      this.name = name;
      this.text = text;
      this.schemaVersion = schemaVersion;
    }

    boolean is(PreparedText other, long version) {
      return schemaVersion == version && text.equals(other);
    }
  }

  private final Map<PreparedText, Prepared> names = new LinkedHashMap<>(16, 0.75f, true);
  private @Nullable Prepared unnamed;
  private long next;

  /** The name under which the statement is prepared for that schema, null if it is not. */
  public @Nullable String find(PreparedText text, long schemaVersion) {
    Prepared found = names.get(text);
    return found == null || found.schemaVersion != schemaVersion ? null : found.name;
  }

  /** A new name for a statement that is being prepared. */
  public String add(PreparedText text, long schemaVersion) {
    String name = PREFIX + next++;
    names.put(text, new Prepared(name, text, schemaVersion));
    return name;
  }

  /** The name of a statement to close as there are too many; null if there are not. */
  public @Nullable String evict() {
    if (names.size() <= STATEMENTS_MAX) {
      return null;
    }
    Iterator<Prepared> oldest = names.values().iterator();
    String name = oldest.next().name;
    oldest.remove();
    return name;
  }

  /** Forgets a statement; the name that it was prepared under, null if it was under none. */
  public @Nullable String remove(PreparedText text) {
    if (unnamed != null && text.equals(unnamed.text)) {
      unnamed = null;
    }
    Prepared found = names.remove(text);
    return found == null ? null : found.name;
  }

  /** The unnamed statement is this one from now on. */
  public void unnamed(PreparedText text, long schemaVersion) {
    unnamed = new Prepared("", text, schemaVersion);
  }

  /** The unnamed statement is none that is known any more. */
  public void unnamedIsOther() {
    unnamed = null;
  }

  /** Whether the unnamed statement is this one, prepared for that schema. */
  public boolean isUnnamed(PreparedText text, long schemaVersion) {
    return unnamed != null && unnamed.is(text, schemaVersion);
  }

  /** What the server has said of a statement's columns, 0 if nothing. */
  public long columns(PreparedText text, boolean named) {
    Prepared found = named ? names.get(text) : unnamed;
    return found == null || !found.text.equals(text) ? 0 : found.columns;
  }

  /** The server says that of the columns of a statement. */
  public void describe(PreparedText text, boolean named, long columns) {
    Prepared found = named ? names.get(text) : unnamed;
    if (found != null && found.text.equals(text)) {
      found.columns = columns;
    }
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
