package dev.terrace.core.place;

import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.Optional;

/**
 * A number as PostgreSQL's {@code numeric} has them: a decimal of any precision, NaN or an
 * infinity. Equal numbers are equal however many zeros they were written with; NaN is above all
 * others and equal to itself.
 *
 * <p>Digits are kept as text, so that to read, compare and hash takes time linear in them whatever
 * a client sends.
 *
 * @param exponent the power of ten of the first digit; 0 if there are no digits
 * @param digits the decimal digits without zeros before and behind; empty for zero, NaN and the
 *     infinities
 */
public record Decimal(Kind kind, int exponent, String digits) implements Comparable<Decimal> {

  /** What a number is, in ascending order. */
  public enum Kind {
    NEGATIVE_INFINITY,
    NEGATIVE,
    ZERO,
    POSITIVE,
    INFINITY,
    NAN
  }

  /** The highest power of ten and the most digits behind the point that PostgreSQL can store. */
  private static final int EXPONENT_MAX = 131_071;

  private static final int SCALE_MAX = 16_383;

  private static final int EXPONENT_DIGITS_MAX = 9;

  private static final Decimal NAN = new Decimal(Kind.NAN, 0, "");
  private static final Decimal INFINITY = new Decimal(Kind.INFINITY, 0, "");
  private static final Decimal NEGATIVE_INFINITY = new Decimal(Kind.NEGATIVE_INFINITY, 0, "");
  private static final Decimal ZERO = new Decimal(Kind.ZERO, 0, "");

  /** PostgreSQL's digits are these, of four decimal ones each. */
  private static final int GROUP = 4;

  private static final int BASE = 10_000;

  private static final int SIGN_NEGATIVE = 0x4000;
  private static final int SIGN_NAN = 0xC000;
  private static final int SIGN_INFINITY = 0xD000;
  private static final int SIGN_NEGATIVE_INFINITY = 0xF000;

  /** A whole number. */
  public static Decimal of(long value) {
    String text = Long.toString(value);
    String digits = value < 0 ? text.substring(1) : text;
    return of(value < 0, digits, digits.length() - 1).orElseThrow();
  }

  /**
   * Reads the notations that every PostgreSQL takes: 12, -1.50, .5, 1e-3, NaN, infinity. Empty if
   * it is none of them, or no number that PostgreSQL could store.
   */
  public static Optional<Decimal> read(String text) {
    boolean signed = text.startsWith("-") || text.startsWith("+");
    boolean negative = text.startsWith("-");
    int at = signed ? 1 : 0;
    int whole = digitsFrom(text, at);
    boolean point = whole < text.length() && text.charAt(whole) == '.';
    int end = point ? digitsFrom(text, whole + 1) : whole;
    int count = end - at - (point ? 1 : 0);
    if (count == 0) {
      return special(text);
    }
    int power = 0;
    if (end < text.length()) {
      Optional<Integer> read = power(text, end);
      if (read.isEmpty()) {
        return Optional.empty();
      }
      power = read.get();
    }
    String digits = text.substring(at, whole) + (point ? text.substring(whole + 1, end) : "");
    return of(negative, digits, whole - at - 1 + power);
  }

  private static Optional<Decimal> special(String text) {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "nan" -> Optional.of(NAN);
      case "inf", "+inf", "infinity", "+infinity" -> Optional.of(INFINITY);
      case "-inf", "-infinity" -> Optional.of(NEGATIVE_INFINITY);
      default -> Optional.empty();
    };
  }

  /** The power of ten from an {@code e} to the end. */
  private static Optional<Integer> power(String text, int from) {
    if (text.charAt(from) != 'e' && text.charAt(from) != 'E') {
      return Optional.empty();
    }
    int at = from + 1;
    boolean signed = at < text.length() && (text.charAt(at) == '-' || text.charAt(at) == '+');
    int first = signed ? at + 1 : at;
    boolean digits = first < text.length() && digitsFrom(text, first) == text.length();
    return digits && text.length() - first <= EXPONENT_DIGITS_MAX
        ? Optional.of(Integer.parseInt(text.substring(at)))
        : Optional.empty();
  }

  private static int digitsFrom(String text, int from) {
    int at = from;
    while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
      at++;
    }
    return at;
  }

  /**
   * Reads PostgreSQL's binary format, all of what remains: the count of digits to the base 10,000,
   * the weight of the first, a sign, how many decimal digits are behind the point, the digits.
   */
  public static Optional<Decimal> read(ByteBuffer binary) {
    if (binary.remaining() < 4 * Short.BYTES) {
      return Optional.empty();
    }
    int count = binary.getShort() & 0xFFFF;
    int weight = binary.getShort();
    int sign = binary.getShort() & 0xFFFF;
    int scale = binary.getShort() & 0xFFFF;
    if (binary.remaining() != count * Short.BYTES || scale > SCALE_MAX) {
      return Optional.empty();
    }
    StringBuilder digits = new StringBuilder(count * GROUP);
    for (int i = 0; i < count; i++) {
      int digit = binary.getShort();
      if (digit < 0 || digit >= BASE) {
        return Optional.empty();
      }
      digits.append((char) ('0' + digit / 1000)).append((char) ('0' + digit / 100 % 10));
      digits.append((char) ('0' + digit / 10 % 10)).append((char) ('0' + digit % 10));
    }
    int exponent = weight * GROUP + GROUP - 1;
    // PostgreSQL cuts off what the scale hides.
    digits.setLength(Math.clamp(exponent + 1L + scale, 0, digits.length()));
    return switch (sign) {
      case 0, SIGN_NEGATIVE -> of(sign == SIGN_NEGATIVE, digits.toString(), exponent);
      case SIGN_NAN -> Optional.of(NAN);
      case SIGN_INFINITY -> Optional.of(INFINITY);
      case SIGN_NEGATIVE_INFINITY -> Optional.of(NEGATIVE_INFINITY);
      default -> Optional.empty();
    };
  }

  private static Optional<Decimal> of(boolean negative, String digits, int exponent) {
    int from = 0;
    int to = digits.length();
    while (from < to && digits.charAt(from) == '0') {
      from++;
    }
    while (to > from && digits.charAt(to - 1) == '0') {
      to--;
    }
    if (from == to) {
      return Optional.of(ZERO);
    }
    int first = exponent - from;
    int last = first - (to - from - 1);
    return first > EXPONENT_MAX || last < -SCALE_MAX
        ? Optional.empty()
        : Optional.of(
            new Decimal(
                negative ? Kind.NEGATIVE : Kind.POSITIVE, first, digits.substring(from, to)));
  }

  /** Whether there are digits, and so a weight. */
  boolean hasDigits() {
    return !digits.isEmpty();
  }

  /** The power of 10,000 of the first of {@link #groups}. */
  int weight() {
    return Math.floorDiv(exponent, GROUP);
  }

  /** The digits to the base 10,000, each two bytes with the lower one first. */
  byte[] groups() {
    int before = GROUP - 1 - Math.floorMod(exponent, GROUP);
    byte[] groups = new byte[(before + digits.length() + GROUP - 1) / GROUP * Short.BYTES];
    for (int group = 0; group < groups.length / Short.BYTES; group++) {
      int value = 0;
      for (int i = 0; i < GROUP; i++) {
        int at = group * GROUP + i - before;
        value = value * 10 + (at < 0 || at >= digits.length() ? 0 : digits.charAt(at) - '0');
      }
      groups[group * Short.BYTES] = (byte) value;
      groups[group * Short.BYTES + 1] = (byte) (value >>> 8);
    }
    return groups;
  }

  /** As PostgreSQL shows it, without zeros behind. */
  public String text() {
    return switch (kind) {
      case NAN -> "NaN";
      case INFINITY -> "Infinity";
      case NEGATIVE_INFINITY -> "-Infinity";
      case ZERO -> "0";
      case NEGATIVE -> "-" + plain();
      case POSITIVE -> plain();
    };
  }

  private String plain() {
    if (exponent < 0) {
      return "0." + "0".repeat(-exponent - 1) + digits;
    }
    int whole = exponent + 1;
    return digits.length() <= whole
        ? digits + "0".repeat(whole - digits.length())
        : digits.substring(0, whole) + "." + digits.substring(whole);
  }

  @Override
  public int compareTo(Decimal other) {
    if (kind != other.kind) {
      return kind.compareTo(other.kind);
    }
    int magnitude =
        exponent != other.exponent
            ? Integer.compare(exponent, other.exponent)
            : digits.compareTo(other.digits);
    return kind == Kind.NEGATIVE ? -magnitude : magnitude;
  }
}
