package dev.terrace.kv.data;

import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** Clients' bytes as text: for messages, and for patterns such as {@code product:*}. */
public final class Texts {

  private static final int SHOWN_MAX = 128;

  private Texts() {}

  /** At most 128 characters of it, without control characters. */
  public static String shown(byte[] bytes) {
    int length = Math.min(bytes.length, SHOWN_MAX);
    String text = new String(bytes, 0, length, StandardCharsets.UTF_8);
    return text.replaceAll("\\p{Cntrl}", "?") + (bytes.length > length ? "..." : "");
  }

  /** A pattern of Redis: {@code *} any characters, {@code ?} one, {@code [a-c]}, backslash. */
  public static Pattern glob(String pattern) {
    StringBuilder regex = new StringBuilder();
    for (int i = 0; i < pattern.length(); i++) {
      char c = pattern.charAt(i);
      int close = c == '[' ? pattern.indexOf(']', i + 1) : -1;
      if (c == '*') {
        regex.append(".*");
      } else if (c == '?') {
        regex.append('.');
      } else if (close > i + 1) {
        String inside = pattern.substring(i + 1, close).replace("\\", "").replace("[", "\\[");
        regex.append('[').append(inside.replace("&&", "&")).append(']');
        i = close;
      } else {
        boolean escaped = c == '\\' && i + 1 < pattern.length();
        regex.append(Pattern.quote(String.valueOf(escaped ? pattern.charAt(++i) : c)));
      }
    }
    try {
      return Pattern.compile(regex.toString(), Pattern.DOTALL);
    } catch (PatternSyntaxException e) {
      return Pattern.compile(Pattern.quote(pattern));
    }
  }
}
