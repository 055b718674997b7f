package dev.terrace.http.wire;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Finds one cookie in a Cookie header (RFC 6265, section 4.2). */
public final class Cookies {

  private Cookies() {}

  /** The value of the first cookie of that name in a header's value, or null. */
  public static @Nullable String find(String header, String name) {
    byte[] bytes = header.getBytes(StandardCharsets.ISO_8859_1);
    return find(bytes, 0, bytes.length, name);
  }

  static @Nullable String find(byte[] bytes, int from, int to, String name) {
    int start = from;
    while (start < to) {
      while (start < to && (bytes[start] == ' ' || bytes[start] == ';')) {
        start++;
      }
      int end = start;
      while (end < to && bytes[end] != ';') {
        end++;
      }
      int equals = start + name.length();
      if (equals < end && bytes[equals] == '=' && Ascii.same(bytes, start, equals, name)) {
        int valueEnd = end;
        while (valueEnd > equals + 1 && Head.isBlank(bytes[valueEnd - 1])) {
          valueEnd--;
        }
        return new String(bytes, equals + 1, valueEnd - equals - 1, StandardCharsets.ISO_8859_1);
      }
      start = end;
    }
    return null;
  }
}
