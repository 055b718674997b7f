package dev.terrace.http.wire;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Classes of bytes and comparisons that parsing needs, over plain arrays. */
final class Ascii {

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long ONES = 0x0101010101010101L;
  private static final long HIGHS = 0x8080808080808080L;
  private static final long SPACES = 0x20 * ONES;
  private static final long DELETES = 0x7F * ONES;

  private static final boolean[] TOKEN = set("!#$%&'*+-.^_`|~", true);
  private static final boolean[] HOST = set("!$&'()*+-.;=_~%:[]", true);

  private Ascii() {}

  private static boolean[] set(String marks, boolean lettersAndDigits) {
    boolean[] set = new boolean[256];
    marks.chars().forEach(c -> set[c] = true);
    if (lettersAndDigits) {
      "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
          .chars()
          .forEach(c -> set[c] = true);
    }
    return set;
  }

  /** Whether the byte may be in a token (RFC 9110, section 5.6.2). */
  static boolean isToken(byte b) {
    return TOKEN[b & 0xFF];
  }

  /** Whether the byte may be in a host with port (RFC 3986, section 3.2.2), the comma left out. */
  static boolean isHost(byte b) {
    return HOST[b & 0xFF];
  }

  /**
   * The first control character (below 0x20, or DEL) from {@code from}, or {@code to}. Looks at
   * eight bytes at once: a byte below n borrows in a subtraction of n, and the lowest such borrow
   * is always a true one.
   */
  static int nextControl(byte[] bytes, int from, int to) {
    int i = from;
    for (; i + 8 <= to; i += 8) {
      long word = (long) LONGS.get(bytes, i);
      long deletes = word ^ DELETES;
      long found = (((word - SPACES) & ~word) | ((deletes - ONES) & ~deletes)) & HIGHS;
      if (found != 0) {
        return i + (Long.numberOfTrailingZeros(found) >>> 3);
      }
    }
    for (; i < to; i++) {
      byte b = bytes[i];
      if ((b >= 0 && b < 0x20) || b == 0x7F) {
        return i;
      }
    }
    return to;
  }

  /** The end of the token that starts at {@code from}. */
  static int tokenEnd(byte[] bytes, int from, int to) {
    int i = from;
    while (i < to && TOKEN[bytes[i] & 0xFF]) {
      i++;
    }
    return i;
  }

  static boolean sameIgnoringCase(byte[] bytes, int from, int to, String lower) {
    if (to - from != lower.length()) {
      return false;
    }
    for (int i = 0; i < lower.length(); i++) {
      if (lower(bytes[from + i]) != lower.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  static boolean sameIgnoringCase(byte[] bytes, int from, int to, int otherFrom, int otherTo) {
    if (to - from != otherTo - otherFrom) {
      return false;
    }
    for (int i = 0; i < to - from; i++) {
      if (lower(bytes[from + i]) != lower(bytes[otherFrom + i])) {
        return false;
      }
    }
    return true;
  }

  static boolean same(byte[] bytes, int from, int to, String text) {
    if (to - from != text.length()) {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      if (bytes[from + i] != text.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  static int lower(byte b) {
    return b >= 'A' && b <= 'Z' ? b + ('a' - 'A') : b;
  }

  /** The number that the digits spell, or -1 if they are none or too many (18 at most). */
  static long number(byte[] bytes, int from, int to) {
    if (to == from || to - from > 18) {
      return -1;
    }
    long value = 0;
    for (int i = from; i < to; i++) {
      int digit = bytes[i] - '0';
      if (digit < 0 || digit > 9) {
        return -1;
      }
      value = value * 10 + digit;
    }
    return value;
  }
}
