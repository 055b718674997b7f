package dev.terrace.core.place;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Timestamps as text, in the ISO forms that PostgreSQL reads alike whatever its DateStyle is:
 * 2026-01-31, 2026-01-31 10:20:30.123456, with a T between, with +02, +0200, +02:00 or Z behind.
 */
public final class Moments {

  private static final LocalDateTime EPOCH = LocalDateTime.of(2000, 1, 1, 0, 0);

  private static final DateTimeFormatter ISO =
      new DateTimeFormatterBuilder()
          .appendPattern("uuuu-MM-dd HH:mm:ss")
          .appendFraction(ChronoField.NANO_OF_SECOND, 0, 6, true)
          .toFormatter(Locale.ROOT);

  private static final Pattern FORM =
      Pattern.compile(
          "([0-9]{4})-([0-9]{2})-([0-9]{2})"
              + "(?:[T ]([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\\.([0-9]{1,6}))?)?"
              + "(?: ?(Z|[+-][0-9]{2}(?::?[0-9]{2})?(?::[0-9]{2})?))?)?");

  private Moments() {}

  /**
   * A moment from a text.
   *
   * @param micros as {@link Key.Moment} has it, by the text's own date and time
   * @param offset the text's time zone, if it names one
   */
  public record Read(long micros, Optional<ZoneOffset> offset) {

    /**
     * The key of a type; empty if that needs a time zone and the text has none, so that it would
     * depend on who reads it. A time zone that the type does not have is passed over.
     */
    public Optional<Key> as(KeyType type) {
      if (type == KeyType.TIMESTAMP) {
        return Optional.of(new Key.Moment(type, micros));
      }
      return offset.map(
          o -> new Key.Moment(KeyType.TIMESTAMPTZ, micros - o.getTotalSeconds() * 1_000_000L));
    }
  }

  /** Reads a text; empty if it is none of these forms or no such day or time. */
  public static Optional<Read> read(String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches() || form.group(1).equals("0000")) {
      return Optional.empty();
    }
    try {
      LocalDate day = LocalDate.of(number(form, 1), number(form, 2), number(form, 3));
      String fraction = form.group(7) == null ? "" : form.group(7);
      int nanos = Integer.parseInt((fraction + "000000000").substring(0, 9));
      LocalTime time = LocalTime.of(number(form, 4), number(form, 5), number(form, 6), nanos);
      Optional<ZoneOffset> offset = Optional.ofNullable(form.group(8)).map(ZoneOffset::of);
      return Optional.of(new Read(EPOCH.until(day.atTime(time), ChronoUnit.MICROS), offset));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  private static int number(Matcher form, int group) {
    return form.group(group) == null ? 0 : Integer.parseInt(form.group(group));
  }

  /** As PostgreSQL shows it in the ISO style. */
  static String text(long micros) {
    return ISO.format(EPOCH.plus(micros, ChronoUnit.MICROS));
  }

  /** As in a file: with a time zone if the type has one, and only then. */
  static Key parse(String text, KeyType type) {
    Optional<Read> read = read(text);
    boolean zoned = read.isPresent() && read.get().offset().isPresent();
    return read.filter(r -> zoned == (type == KeyType.TIMESTAMPTZ))
        .flatMap(r -> r.as(type))
        .orElseThrow(() ->
            new IllegalArgumentException(
                "'"
                    + text
                    + "' is not a "
                    + type.sqlName()
                    + ", as in 2026-01-31 10:20:30"
                    + (type == KeyType.TIMESTAMPTZ ? "+00" : "")));
  }
}
