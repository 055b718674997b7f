package dev.terrace.http.http2;

import dev.terrace.http.wire.Fault;
import io.netty.util.AsciiString;

/** What a field of HTTP/2 may look like (RFC 9113, section 8.2). */
final class FieldRules {

  private static final boolean[] NAME = new boolean[128];

  static {
    "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz".chars().forEach(c -> NAME[c] = true);
  }

  private FieldRules() {}

  /** Judges one regular field. */
  static Fault check(CharSequence name, CharSequence value) {
    if (!isName(name)) {
      return name.length() > 0 && name.charAt(0) == ':'
          ? Fault.BAD_PSEUDO_FIELD
          : Fault.BAD_FIELD_NAME;
    }
    if (!isValue(value)) {
      return Fault.BAD_FIELD_VALUE;
    }
    return isOfConnection(name, value) ? Fault.CONNECTION_FIELD : Fault.NONE;
  }

  private static boolean isName(CharSequence name) {
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (c >= NAME.length || !NAME[c]) {
        return false;
      }
    }
    return name.length() > 0;
  }

  /** Whether it may stand in a line of HTTP/1.1, and has no blank at an end. */
  static boolean isValue(CharSequence value) {
    int length = value.length();
    for (int i = 0; i < length; i++) {
      char c = value.charAt(i);
      if ((c < ' ' && c != '\t') || c == 0x7F || c > 0xFF) {
        return false;
      }
    }
    return length == 0 || !(isBlank(value.charAt(0)) || isBlank(value.charAt(length - 1)));
  }

  private static boolean isBlank(char c) {
    return c == ' ' || c == '\t';
  }

  /** Whether HTTP/1.1 uses the field for one connection: RFC 9113, section 8.2.2. */
  private static boolean isOfConnection(CharSequence name, CharSequence value) {
    return switch (name.length()) {
      case 2 -> is(name, "te") && !AsciiString.contentEqualsIgnoreCase(value, "trailers");
      case 7 -> is(name, "upgrade");
      case 10 -> is(name, "connection") || is(name, "keep-alive");
      case 16 -> is(name, "proxy-connection");
      case 17 -> is(name, "transfer-encoding");
      default -> false;
    };
  }

  private static boolean is(CharSequence name, String wanted) {
    return AsciiString.contentEquals(name, wanted);
  }
}
