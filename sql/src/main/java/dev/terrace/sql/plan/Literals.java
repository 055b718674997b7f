package dev.terrace.sql.plan;

import java.util.Optional;

/** The values of constants, by PostgreSQL's notation. */
final class Literals {

  private Literals() {}

  /** What a constant stands for as text; empty if that is not worked out. */
  static Optional<String> value(Constants constants, int literal) {
    String source = constants.literalSource(literal);
    return switch (constants.literalKind(literal)) {
      case NUMBER, DOLLAR_STRING -> Optional.of(source);
      case PLAIN_STRING ->
          Optional.of(source.indexOf('\'') < 0 ? source : source.replace("''", "'"));
      case ESCAPE_STRING -> unescaped(source);
      case OPAQUE -> Optional.empty();
    };
  }

  private static Optional<String> unescaped(String source) {
    StringBuilder value = new StringBuilder(source.length());
    int at = 0;
    while (at < source.length()) {
      char c = source.charAt(at);
      if (c == '\'') {
        value.append(c);
        at += 2;
      } else if (c != '\\') {
        value.append(c);
        at++;
      } else {
        int end = escape(source, at + 1, value);
        if (end < 0) {
          return Optional.empty();
        }
        at = end;
      }
    }
    return Optional.of(value.toString());
  }

  /** Appends what the escape at {@code at} stands for and returns its end; -1 if it is not read. */
  private static int escape(String source, int at, StringBuilder value) {
    char c = source.charAt(at);
    switch (c) {
      case 'b' -> value.append('\b');
      case 'f' -> value.append('\f');
      case 'n' -> value.append('\n');
      case 'r' -> value.append('\r');
      case 't' -> value.append('\t');
      case 'x' -> {
        return code(source, at + 1, 1, 2, 16, 0x7F, value);
      }
      case 'u' -> {
        return code(source, at + 1, 4, 4, 16, 0xD7FF, value);
      }
      case 'U' -> {
        return code(source, at + 1, 8, 8, 16, Character.MAX_CODE_POINT, value);
      }
      default -> {
        if (c >= '0' && c <= '7') {
          return code(source, at, 1, 3, 8, 0x7F, value);
        }
        value.append(c);
      }
    }
    return at + 1;
  }

  /** A code point in digits; bytes above ASCII are parts of characters and not put together. */
  private static int code(
      String source, int from, int digitsMin, int digitsMax, int radix, int max, StringBuilder to) {
    int at = from;
    int code = 0;
    while (at < source.length()
        && at - from < digitsMax
        && source.charAt(at) < 0x80
        && Character.digit(source.charAt(at), radix) >= 0) {
      code = code * radix + Character.digit(source.charAt(at), radix);
      at++;
    }
    if (at - from < digitsMin || code <= 0 || code > max) {
      return -1;
    }
    to.appendCodePoint(code);
    return at;
  }
}
