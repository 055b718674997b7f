package dev.terrace.core.route;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Reads parameters out of a query as HTML forms write them: {@code a=1&b=x+y&c=%C3%A9}. */
public final class QueryText {

  private QueryText() {}

  /**
   * The first value of a parameter with escapes decoded, empty if it has none; null without the
   * parameter. A value that holds no escape is a view of the query.
   */
  public static @Nullable CharSequence first(CharSequence query, String name) {
    int from = 0;
    while (from <= query.length()) {
      int to = indexOf(query, '&', from, query.length());
      int equals = indexOf(query, '=', from, to);
      if (isName(query, from, equals, name)) {
        int start = Math.min(equals + 1, to);
        return decoded(query, start, to);
      }
      from = to + 1;
    }
    return null;
  }

  private static boolean isName(CharSequence query, int from, int to, String name) {
    if (isPlain(query, from, to)) {
      if (to - from != name.length()) {
        return false;
      }
      for (int i = from; i < to; i++) {
        if (query.charAt(i) != name.charAt(i - from)) {
          return false;
        }
      }
      return true;
    }
    return name.contentEquals(decoded(query, from, to));
  }

  private static CharSequence decoded(CharSequence query, int from, int to) {
    if (isPlain(query, from, to)) {
      return query.subSequence(from, to);
    }
    byte[] out = new byte[to - from];
    int length = 0;
    for (int i = from; i < to; i++) {
      char c = query.charAt(i);
      int high = c == '%' && i + 2 < to ? Character.digit(query.charAt(i + 1), 16) : -1;
      int low = high >= 0 ? Character.digit(query.charAt(i + 2), 16) : -1;
      if (low >= 0) {
        out[length++] = (byte) (high * 16 + low);
        i += 2;
      } else {
        out[length++] = (byte) (c == '+' ? ' ' : c);
      }
    }
    return new String(out, 0, length, StandardCharsets.UTF_8);
  }

  private static boolean isPlain(CharSequence query, int from, int to) {
    for (int i = from; i < to; i++) {
      char c = query.charAt(i);
      if (c == '%' || c == '+') {
        return false;
      }
    }
    return true;
  }

  private static int indexOf(CharSequence text, char wanted, int from, int to) {
    for (int i = from; i < to; i++) {
      if (text.charAt(i) == wanted) {
        return i;
      }
    }
    return to;
  }
}
