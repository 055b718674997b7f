package dev.terrace.kv.acl;

import dev.terrace.kv.data.Glob;

/** Which keys may be read, written, or both: {@code ~product:*}, {@code %R~order:*}. */
record KeyRule(Glob glob, boolean read, boolean write) {

  /** Reads a rule; a pattern without a mark is for both. */
  static KeyRule of(String text) {
    if (text.equals("allkeys")) {
      return new KeyRule(Glob.of("*"), true, true);
    }
    int tilde = text.startsWith("%") ? text.indexOf('~') : -1;
    if (tilde > 0) {
      String flags = text.substring(1, tilde);
      return new KeyRule(
          Glob.of(text.substring(tilde + 1)), flags.contains("R"), flags.contains("W"));
    }
    return new KeyRule(Glob.of(text.startsWith("~") ? text.substring(1) : text), true, true);
  }

  boolean allows(byte[] key, boolean reads, boolean writes) {
    return (read || !reads) && (write || !writes) && glob.matches(key);
  }

  @Override
  public String toString() {
    return (read && write ? "~" : read ? "%R~" : "%W~") + glob;
  }
}
