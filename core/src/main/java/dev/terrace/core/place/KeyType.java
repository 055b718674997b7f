package dev.terrace.core.place;

import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.HexFormat;
import java.util.UUID;
import java.util.regex.Pattern;

/** The type of a sharding key's column: it decides how text is read, compared and hashed. */
public enum KeyType {
  /** smallint, integer or bigint. */
  BIGINT("bigint"),
  /** numeric, with or without a precision: a column of less would round. */
  NUMERIC("numeric"),
  /** text or varchar; compared by its UTF-8 bytes (collation "C"). */
  TEXT("text"),
  /** char(n), which PostgreSQL calls bpchar: as text, but blanks behind do not count. */
  BPCHAR("bpchar"),
  /** bytea; in the order of bytes. */
  BYTEA("bytea"),
  /** boolean; false comes first. */
  BOOLEAN("boolean"),
  /** uuid. */
  UUID("uuid"),
  /** date. */
  DATE("date"),
  /** timestamp without time zone, to the microsecond: a column of less precision would round. */
  TIMESTAMP("timestamp"),
  /** timestamp with time zone, to the microsecond. */
  TIMESTAMPTZ("timestamptz");

  private static final Pattern UUID_TEXT = Pattern.compile("([0-9a-fA-F]{4}-?){7}[0-9a-fA-F]{4}");

  private final String sqlName;

  KeyType(String sqlName) {
    this.sqlName = sqlName;
  }

  /** The name in the file and in PostgreSQL. */
  public String sqlName() {
    return sqlName;
  }

  /**
   * Reads a key from its text form, as in a SQL literal, a text-format parameter or a cache key.
   *
   * @throws IllegalArgumentException if the text is not of this type
   */
  public Key parse(String text) {
    return switch (this) {
      case BIGINT -> new Key.Whole(parseLong(text));
      case NUMERIC -> new Key.Numeric(parseDecimal(text));
      case TEXT -> new Key.Text(text);
      case BPCHAR -> new Key.Padded(text);
      case BYTEA -> parseBytes(text);
      case BOOLEAN -> parseTruth(text);
      case UUID -> new Key.Uuid(parseUuid(text));
      case DATE -> new Key.Day(parseDay(text));
      case TIMESTAMP, TIMESTAMPTZ -> Moments.parse(text.strip(), this);
    };
  }

  private static long parseLong(String text) {
    String plain = text.strip();
    try {
      // Long.parseLong takes the digits of every script, PostgreSQL only these.
      if (plain.chars().allMatch(c -> c < 128)) {
        return Long.parseLong(plain);
      }
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("'" + text + "' is not a whole number", e);
    }
    throw new IllegalArgumentException("'" + text + "' is not a whole number");
  }

  private static Decimal parseDecimal(String text) {
    return Decimal.read(text.strip())
        .orElseThrow(
            () -> new IllegalArgumentException("'" + text + "' is not a number, as in -12.5"));
  }

  private static Key parseBytes(String text) {
    try {
      if (text.startsWith("\\x")) {
        return Key.Bytes.of(HexFormat.of().parseHex(text, 2, text.length()));
      }
    } catch (IllegalArgumentException _) {
      // Told below.
    }
    throw new IllegalArgumentException("'" + text + "' is not a bytea, as in '\\x00ff'");
  }

  private static Key parseTruth(String text) {
    return switch (text.strip()) {
      case "true" -> new Key.Truth(true);
      case "false" -> new Key.Truth(false);
      default ->
          throw new IllegalArgumentException("'" + text + "' is not a boolean: true or false");
    };
  }

  /** Whether a column's collation may have another order than Terrace, that of bytes. */
  public boolean isCollated() {
    return this == TEXT || this == BPCHAR;
  }

  /** As PostgreSQL reads it: braces around, and hyphens after any four digits, or none. */
  private static UUID parseUuid(String text) {
    String plain = text.strip();
    if (plain.startsWith("{") && plain.endsWith("}")) {
      plain = plain.substring(1, plain.length() - 1);
    }
    if (!UUID_TEXT.matcher(plain).matches()) {
      throw new IllegalArgumentException("'" + text + "' is not a uuid");
    }
    String digits = plain.replace("-", "");
    return new UUID(
        Long.parseUnsignedLong(digits, 0, 16, 16), Long.parseUnsignedLong(digits, 16, 32, 16));
  }

  private static LocalDate parseDay(String text) {
    try {
      return LocalDate.parse(text.strip());
    } catch (DateTimeParseException e) {
      throw new IllegalArgumentException("'" + text + "' is not a date, as in 2026-01-31", e);
    }
  }
}
