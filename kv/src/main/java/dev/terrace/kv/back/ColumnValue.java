package dev.terrace.kv.back;

import dev.terrace.engine.Table.Column;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoField;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Whether a column takes a value, told without the store, and how the store would print it. It is
 * stricter than PostgreSQL in what forms it takes, never laxer: what passes is not refused for its
 * type later.
 */
final class ColumnValue {

  private static final Pattern LENGTHS = Pattern.compile("\\((\\d+)(?:,(-?\\d+))?\\)");
  private static final Pattern INTEGER = Pattern.compile("[+-]?[0-9]{1,19}");
  private static final Pattern DECIMAL =
      Pattern.compile("[+-]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][+-]?[0-9]{1,4})?");
  private static final Pattern TIME =
      Pattern.compile(
          "(\\d{4}-\\d{2}-\\d{2})[ T]((?:[01]\\d|2[0-3]):[0-5]\\d(?::[0-5]\\d(?:\\.\\d{1,6})?)?)"
              + "( ?(?:Z|[+-](?:0\\d|1[0-4])(?::?[0-5]\\d)?))?");
  private static final Set<String> TRUE = Set.of("t", "true", "y", "yes", "on", "1");
  private static final Set<String> FALSE = Set.of("f", "false", "n", "no", "off", "0");
  private static final int NUMERIC_DIGITS_MAX = 1000;

  private ColumnValue() {}

  /** What may be the matter with a value. */
  static final class Misfit extends Exception {
    private static final long serialVersionUID = 1L;

    Misfit(String why) {
      super(why, null, false, false);
    }

    String why() {
      return String.valueOf(getMessage());
    }
  }

  /** Whether values of that type can be told without the store. */
  static boolean known(Column column) {
    return switch (base(column)) {
      case "smallint",
          "integer",
          "bigint",
          "numeric",
          "boolean",
          "text",
          "character varying",
          "character",
          "uuid",
          "date",
          "timestamp with time zone",
          "timestamp without time zone",
          "bytea" ->
          true;
      default -> false;
    };
  }

  /** Whether a number can be added to what the column has. */
  static boolean countable(Column column) {
    return switch (base(column)) {
      case "smallint", "integer", "bigint" -> true;
      default -> false;
    };
  }

  private static String base(Column column) {
    return LENGTHS.matcher(column.type()).replaceFirst("");
  }

  /** The value as the store prints it. */
  static byte[] printed(Column column, byte[] value) throws Misfit {
    if (column.binary()) {
      return value;
    }
    return printed(column, text(value)).getBytes(StandardCharsets.UTF_8);
  }

  private static String text(byte[] value) throws Misfit {
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(value)).toString();
      if (text.indexOf('\0') < 0) {
        return text;
      }
    } catch (CharacterCodingException e) {
      // Said below.
    }
    throw new Misfit("the value is not UTF-8 text; bytes of any kind need a bytea column");
  }

  private static String printed(Column column, String text) throws Misfit {
    return switch (base(column)) {
      case "smallint" -> integer(text, Short.MIN_VALUE, Short.MAX_VALUE);
      case "integer" -> integer(text, Integer.MIN_VALUE, Integer.MAX_VALUE);
      case "bigint" -> integer(text, Long.MIN_VALUE, Long.MAX_VALUE);
      case "numeric" -> numeric(column, text);
      case "boolean" -> bool(text);
      case "character varying" -> cut(column, text);
      case "character" -> padded(column, text);
      case "uuid" -> uuid(text);
      case "date" -> date(text.strip());
      case "timestamp with time zone" -> time(text.strip(), true);
      case "timestamp without time zone" -> time(text.strip(), false);
      default -> text;
    };
  }

  private static String integer(String text, long min, long max) throws Misfit {
    String plain = text.strip();
    if (!INTEGER.matcher(plain).matches()) {
      throw new Misfit("'" + shown(text) + "' is not an integer");
    }
    try {
      long value = Long.parseLong(plain);
      if (value >= min && value <= max) {
        return Long.toString(value);
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    throw new Misfit(plain + " is out of range");
  }

  private static String numeric(Column column, String text) throws Misfit {
    String plain = text.strip();
    if (!DECIMAL.matcher(plain).matches() || plain.length() > NUMERIC_DIGITS_MAX) {
      throw new Misfit("'" + shown(text) + "' is not a number");
    }
    BigDecimal value = new BigDecimal(plain);
    Matcher lengths = LENGTHS.matcher(column.type());
    if (lengths.find()) {
      int precision = Integer.parseInt(lengths.group(1));
      int scale = lengths.group(2) == null ? 0 : Integer.parseInt(lengths.group(2));
      value = value.setScale(scale, RoundingMode.HALF_UP);
      if (value.signum() != 0 && value.precision() - value.scale() > precision - scale) {
        throw new Misfit("'" + shown(text) + "' has too many digits");
      }
    }
    return (value.scale() < 0 ? value.setScale(0) : value).toPlainString();
  }

  private static String bool(String text) throws Misfit {
    String plain = text.strip().toLowerCase(Locale.ROOT);
    if (TRUE.contains(plain)) {
      return "t";
    }
    if (FALSE.contains(plain)) {
      return "f";
    }
    throw new Misfit("'" + shown(text) + "' is neither true nor false");
  }

  private static String cut(Column column, String text) throws Misfit {
    Optional<Integer> most = length(column);
    if (most.isEmpty() || text.codePointCount(0, text.length()) <= most.get()) {
      return text;
    }
    int end = text.offsetByCodePoints(0, most.get());
    if (text.substring(end).chars().allMatch(c -> c == ' ')) {
      return text.substring(0, end);
    }
    throw new Misfit("the value is longer than " + most.get() + " characters");
  }

  private static String padded(Column column, String text) throws Misfit {
    String cut = cut(column, text);
    int missing = length(column).orElse(1) - cut.codePointCount(0, cut.length());
    return cut + " ".repeat(Math.max(0, missing));
  }

  private static Optional<Integer> length(Column column) {
    Matcher lengths = LENGTHS.matcher(column.type());
    return lengths.find() ? Optional.of(Integer.valueOf(lengths.group(1))) : Optional.empty();
  }

  private static String uuid(String text) throws Misfit {
    String digits = text.strip().toLowerCase(Locale.ROOT).replace("-", "");
    if (!digits.matches("[0-9a-f]{32}") || text.strip().length() > 36) {
      throw new Misfit("'" + shown(text) + "' is not a UUID");
    }
    return digits.replaceFirst("(.{8})(.{4})(.{4})(.{4})(.{12})", "$1-$2-$3-$4-$5");
  }

  private static String date(String text) throws Misfit {
    try {
      if (text.length() == 10) {
        return LocalDate.parse(text).toString();
      }
    } catch (DateTimeParseException e) {
      // Said below.
    }
    throw new Misfit("'" + shown(text) + "' is not a date such as 2026-01-31");
  }

  private static String time(String text, boolean zoned) throws Misfit {
    Matcher parts = TIME.matcher(text);
    if (!parts.matches()) {
      throw new Misfit("'" + shown(text) + "' is not a time such as 2026-01-31 12:30:00+00");
    }
    LocalDateTime local = LocalDateTime.parse(date(parts.group(1)) + "T" + parts.group(2));
    String zone = parts.group(3);
    if (zoned && zone != null) {
      local =
          local
              .atOffset(ZoneOffset.of(zone.strip()))
              .withOffsetSameInstant(ZoneOffset.UTC)
              .toLocalDateTime();
    }
    return PRINTED.format(local) + (zoned ? "+00" : "");
  }

  private static final DateTimeFormatter PRINTED =
      new DateTimeFormatterBuilder()
          .appendPattern("uuuu-MM-dd HH:mm:ss")
          .appendFraction(ChronoField.MICRO_OF_SECOND, 0, 6, true)
          .toFormatter(Locale.ROOT);

  private static String shown(String text) {
    return text.length() <= 40 ? text : text.substring(0, 40) + "...";
  }
}
