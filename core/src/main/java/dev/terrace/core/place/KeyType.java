package dev.terrace.core.place;

import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.UUID;

/** The type of a sharding key's column: it decides how text is read, compared and hashed. */
public enum KeyType {
  /** smallint, integer or bigint. */
  BIGINT("bigint"),
  /** text or varchar; compared by its UTF-8 bytes (collation "C"). */
  TEXT("text"),
  /** uuid. */
  UUID("uuid"),
  /** date; ranges only. */
  DATE("date");

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
      case TEXT -> new Key.Text(text);
      case UUID -> new Key.Uuid(parseUuid(text));
      case DATE -> new Key.Day(parseDay(text));
    };
  }

  private static long parseLong(String text) {
    try {
      return Long.parseLong(text.strip());
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("'" + text + "' is not a whole number", e);
    }
  }

  private static UUID parseUuid(String text) {
    try {
      String plain = text.strip();
      if (plain.length() != 36) {
        throw new IllegalArgumentException("wrong length");
      }
      return java.util.UUID.fromString(plain);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("'" + text + "' is not a uuid", e);
    }
  }

  private static LocalDate parseDay(String text) {
    try {
      return LocalDate.parse(text.strip());
    } catch (DateTimeParseException e) {
      throw new IllegalArgumentException("'" + text + "' is not a date, as in 2026-01-31", e);
    }
  }
}
