package dev.terrace.kv.data;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A pattern of Redis over bytes: {@code *} any of them, {@code ?} one, {@code [a-c]} and {@code
 * [^a-c]} one of or none of a set, a backslash takes the next one as it is.
 *
 * <p>A star is tried short first and only the last star is gone back to, so that no pattern takes
 * longer than its length times the text's.
 */
public final class Glob {

  private final byte[] pattern;

  private Glob(byte[] pattern) {
    this.pattern = pattern;
  }

  /** A pattern; every sequence of bytes is one. */
  public static Glob of(byte[] pattern) {
    return new Glob(pattern.clone());
  }

  /** A pattern given as text. */
  public static Glob of(String pattern) {
    return new Glob(pattern.getBytes(StandardCharsets.UTF_8));
  }

  /** Whether all of the text fits. */
  public boolean matches(String text) {
    return matches(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Whether all of the text fits. */
  public boolean matches(byte[] text) {
    int at = 0;
    int from = 0;
    int star = -1;
    int starText = 0;
    while (from < text.length) {
      if (at < pattern.length && pattern[at] == '*') {
        star = at++;
        starText = from;
        continue;
      }
      int next = at < pattern.length ? one(at, text[from]) : -1;
      if (next >= 0) {
        at = next;
        from++;
      } else if (star >= 0) {
        at = star + 1;
        from = ++starText;
      } else {
        return false;
      }
    }
    while (at < pattern.length && pattern[at] == '*') {
      at++;
    }
    return at == pattern.length;
  }

  /** Where the pattern goes on after taking that byte, or -1 if it does not take it. */
  private int one(int at, byte b) {
    return switch (pattern[at]) {
      case '?' -> at + 1;
      case '[' -> set(at + 1, b);
      case '\\' -> {
        int literal = at + 1 < pattern.length ? at + 1 : at;
        yield pattern[literal] == b ? literal + 1 : -1;
      }
      default -> pattern[at] == b ? at + 1 : -1;
    };
  }

  private int set(int start, byte b) {
    int at = start;
    boolean not = at < pattern.length && pattern[at] == '^';
    if (not) {
      at++;
    }
    boolean found = false;
    // A set that is not closed ends with the pattern, as in Redis.
    while (at < pattern.length && pattern[at] != ']') {
      if (pattern[at] == '\\' && at + 1 < pattern.length) {
        found |= pattern[at + 1] == b;
        at += 2;
      } else if (at + 2 < pattern.length && pattern[at + 1] == '-') {
        int low = Math.min(pattern[at] & 0xFF, pattern[at + 2] & 0xFF);
        int high = Math.max(pattern[at] & 0xFF, pattern[at + 2] & 0xFF);
        found |= (b & 0xFF) >= low && (b & 0xFF) <= high;
        at += 3;
      } else {
        found |= pattern[at] == b;
        at++;
      }
    }
    return found != not ? Math.min(at + 1, pattern.length) : -1;
  }

  /** The bytes that everything that fits begins with: those before the first special one. */
  public byte[] prefix() {
    byte[] prefix = new byte[pattern.length];
    int length = 0;
    for (int at = 0; at < pattern.length; at++) {
      byte b = pattern[at];
      if (b == '*' || b == '?' || b == '[') {
        break;
      }
      if (b == '\\' && at + 1 < pattern.length) {
        at++;
      }
      prefix[length++] = pattern[at];
    }
    return Arrays.copyOf(prefix, length);
  }

  /** The pattern's text. */
  @Override
  public String toString() {
    return new String(pattern, StandardCharsets.UTF_8);
  }
}
