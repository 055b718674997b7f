package dev.terrace.sql.plan;

import dev.terrace.core.place.Decimal;
import dev.terrace.core.place.Key;
import dev.terrace.core.place.KeyType;
import dev.terrace.core.place.Moments;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;

/**
 * Keys from the text that PostgreSQL's input functions read. They take more notations than are read
 * here (hexadecimal numbers, dates in words): such a value is no key rather than a guessed one.
 */
final class KeyText {

  private static final int DIGITS_MAX = 40;

  private KeyText() {}

  /** The key that a text is. */
  static Optional<Key> key(String text, KeyType type) {
    return switch (type) {
      case BIGINT -> whole(trim(text));
      case NUMERIC -> Decimal.read(trim(text)).map(Key.Numeric::new);
      case TEXT -> text.indexOf('\0') < 0 ? Optional.of(new Key.Text(text)) : Optional.empty();
      case BPCHAR -> text.indexOf('\0') < 0 ? Optional.of(new Key.Padded(text)) : Optional.empty();
      case BYTEA -> bytes(text);
      case BOOLEAN -> truth(trim(text).toLowerCase(Locale.ROOT));
      case UUID -> uuid(trim(text));
      case DATE -> day(trim(text));
      case TIMESTAMP, TIMESTAMPTZ -> Moments.read(trim(text)).flatMap(moment -> moment.as(type));
    };
  }

  /** A whole number as a numeric key. */
  static Key numeric(Key key) {
    return key instanceof Key.Whole(long value) ? new Key.Numeric(Decimal.of(value)) : key;
  }

  /** Cuts off what C's isspace calls space. */
  private static String trim(String text) {
    int from = 0;
    int to = text.length();
    while (from < to && isSpace(text.charAt(from))) {
      from++;
    }
    while (to > from && isSpace(text.charAt(to - 1))) {
      to--;
    }
    return text.substring(from, to);
  }

  private static boolean isSpace(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
  }

  private static Optional<Key> whole(String text) {
    boolean signed = text.startsWith("-") || text.startsWith("+");
    if (!isDigits(text, signed ? 1 : 0, text.length()) || text.length() > DIGITS_MAX) {
      return Optional.empty();
    }
    try {
      return Optional.of(new Key.Whole(Long.parseLong(text)));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  private static boolean isDigits(String text, int from, int to) {
    for (int i = from; i < to; i++) {
      if (text.charAt(i) < '0' || text.charAt(i) > '9') {
        return false;
      }
    }
    return from < to;
  }

  /** In the form of hexadecimal digits, or plain ASCII that stands for itself. */
  private static Optional<Key> bytes(String text) {
    if (text.startsWith("\\x")) {
      try {
        return Optional.of(Key.Bytes.of(HexFormat.of().parseHex(text, 2, text.length())));
      } catch (IllegalArgumentException e) {
        return Optional.empty();
      }
    }
    return text.chars().allMatch(c -> c > 0 && c < 0x80 && c != '\\')
        ? Optional.of(Key.Bytes.of(text.getBytes(StandardCharsets.US_ASCII)))
        : Optional.empty();
  }

  /** Any beginning of these words will do that is not one of another. */
  private static Optional<Key> truth(String text) {
    boolean yes =
        text.equals("1")
            || text.equals("on")
            || (!text.isEmpty() && ("true".startsWith(text) || "yes".startsWith(text)));
    boolean no =
        text.equals("0")
            || text.equals("of")
            || text.equals("off")
            || (!text.isEmpty() && ("false".startsWith(text) || "no".startsWith(text)));
    return yes || no ? Optional.of(new Key.Truth(yes)) : Optional.empty();
  }

  /** 32 hexadecimal digits, hyphens after any group of four, maybe in braces. */
  private static Optional<Key> uuid(String text) {
    boolean braces = text.startsWith("{") && text.endsWith("}");
    String body = braces ? text.substring(1, text.length() - 1) : text;
    long high = 0;
    long low = 0;
    int digits = 0;
    for (int i = 0; i < body.length(); i++) {
      char c = body.charAt(i);
      if (c == '-' && digits > 0 && digits % 4 == 0 && body.charAt(i - 1) != '-') {
        continue;
      }
      int digit = c < 0x80 ? Character.digit(c, 16) : -1;
      if (digit < 0 || digits == 32) {
        return Optional.empty();
      }
      if (digits < 16) {
        high = high << 4 | digit;
      } else {
        low = low << 4 | digit;
      }
      digits++;
    }
    return digits == 32 && !body.endsWith("-")
        ? Optional.of(new Key.Uuid(new UUID(high, low)))
        : Optional.empty();
  }

  /** 2026-01-31 alone, which every DateStyle reads the same way. */
  private static Optional<Key> day(String text) {
    boolean iso =
        text.length() == 10
            && text.charAt(4) == '-'
            && text.charAt(7) == '-'
            && isDigits(text, 0, 4)
            && isDigits(text, 5, 7)
            && isDigits(text, 8, 10)
            && !text.startsWith("0000");
    if (!iso) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new Key.Day(
              LocalDate.of(
                  Integer.parseInt(text.substring(0, 4)),
                  Integer.parseInt(text.substring(5, 7)),
                  Integer.parseInt(text.substring(8)))));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }
}
