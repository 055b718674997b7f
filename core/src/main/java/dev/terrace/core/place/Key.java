package dev.terrace.core.place;

import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;

/** The value of a sharding key. Keys of one kind are ordered; other kinds are never compared. */
public sealed interface Key extends Comparable<Key> {

  /** The key's type. */
  KeyType type();

  /** The key as SQL text would show it. */
  String text();

  /** A whole number. */
  record Whole(long value) implements Key {
    @Override
    public KeyType type() {
      return KeyType.BIGINT;
    }

    @Override
    public String text() {
      return Long.toString(value);
    }
  }

  /** A decimal number. */
  record Numeric(Decimal value) implements Key {
    @Override
    public KeyType type() {
      return KeyType.NUMERIC;
    }

    @Override
    public String text() {
      return value.text();
    }
  }

  /** A text. */
  record Text(String value) implements Key {
    @Override
    public KeyType type() {
      return KeyType.TEXT;
    }

    @Override
    public String text() {
      return value;
    }
  }

  /** A text of char(n): blanks behind do not count. */
  record Padded(String value) implements Key {

    public Padded {
      int end = value.length();
      while (end > 0 && value.charAt(end - 1) == ' ') {
        end--;
      }
      value = value.substring(0, end);
    }

    @Override
    public KeyType type() {
      return KeyType.BPCHAR;
    }

    @Override
    public String text() {
      return value;
    }
  }

  /**
   * Bytes.
   *
   * @param hex two digits for each, in lower case: they have the order of the bytes
   */
  record Bytes(String hex) implements Key {

    /** From the bytes themselves. */
    public static Bytes of(byte[] bytes) {
      return new Bytes(HexFormat.of().formatHex(bytes));
    }

    /** The bytes. */
    public byte[] bytes() {
      return HexFormat.of().parseHex(hex);
    }

    @Override
    public KeyType type() {
      return KeyType.BYTEA;
    }

    @Override
    public String text() {
      return "\\x" + hex;
    }
  }

  /** True or false. */
  record Truth(boolean value) implements Key {
    @Override
    public KeyType type() {
      return KeyType.BOOLEAN;
    }

    @Override
    public String text() {
      return Boolean.toString(value);
    }
  }

  /** A uuid. */
  record Uuid(UUID value) implements Key {
    @Override
    public KeyType type() {
      return KeyType.UUID;
    }

    @Override
    public String text() {
      return value.toString();
    }
  }

  /** A day. */
  record Day(LocalDate value) implements Key {
    @Override
    public KeyType type() {
      return KeyType.DATE;
    }

    @Override
    public String text() {
      return value.toString();
    }
  }

  /**
   * A moment.
   *
   * @param type {@link KeyType#TIMESTAMP} or {@link KeyType#TIMESTAMPTZ}
   * @param micros microseconds since 2000-01-01 00:00:00, as PostgreSQL counts; with a time zone,
   *     in UTC
   */
  record Moment(KeyType type, long micros) implements Key {
    @Override
    public String text() {
      return Moments.text(micros) + (type == KeyType.TIMESTAMPTZ ? "+00" : "");
    }
  }

  /**
   * The values of a key of several columns, in the order of the placement's columns. Rows are in
   * the order of their first columns that differ; what a row has less of is below what others have.
   */
  record Row(List<Key> columns) implements Key {

    public Row {
      columns = List.copyOf(columns);
    }

    @Override
    public KeyType type() {
      throw new UnsupportedOperationException("each column has a type of its own: " + text());
    }

    @Override
    public String text() {
      return columns.stream().map(Key::text).collect(Collectors.joining(", "));
    }
  }

  /** The key of the type that comes right after, with none between; empty if there is none such. */
  default Optional<Key> next() {
    return switch (this) {
      case Whole(long value) ->
          value == Long.MAX_VALUE ? Optional.empty() : Optional.of(new Whole(value + 1));
      case Day(LocalDate value) ->
          value.isBefore(LocalDate.MAX)
              ? Optional.of(new Day(value.plusDays(1)))
              : Optional.empty();
      case Moment(KeyType type, long micros) ->
          micros == Long.MAX_VALUE ? Optional.empty() : Optional.of(new Moment(type, micros + 1));
      case Truth(boolean value) -> value ? Optional.empty() : Optional.of(new Truth(true));
      case Numeric _, Text _, Padded _, Bytes _, Uuid _, Row _ -> Optional.empty();
    };
  }

  private static int inOrderOfBytes(String a, String b) {
    return Arrays.compareUnsigned(
        a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  default int compareTo(Key other) {
    if (this instanceof Whole(long a) && other instanceof Whole(long b)) {
      return Long.compare(a, b);
    }
    if (this instanceof Numeric(Decimal a) && other instanceof Numeric(Decimal b)) {
      return a.compareTo(b);
    }
    if (this instanceof Text(String a) && other instanceof Text(String b)) {
      return inOrderOfBytes(a, b);
    }
    if (this instanceof Padded(String a) && other instanceof Padded(String b)) {
      return inOrderOfBytes(a, b);
    }
    if (this instanceof Bytes(String a) && other instanceof Bytes(String b)) {
      return a.compareTo(b);
    }
    if (this instanceof Truth(boolean a) && other instanceof Truth(boolean b)) {
      return Boolean.compare(a, b);
    }
    if (this instanceof Uuid(UUID a) && other instanceof Uuid(UUID b)) {
      int high = Long.compareUnsigned(a.getMostSignificantBits(), b.getMostSignificantBits());
      return high != 0
          ? high
          : Long.compareUnsigned(a.getLeastSignificantBits(), b.getLeastSignificantBits());
    }
    if (this instanceof Day(LocalDate a) && other instanceof Day(LocalDate b)) {
      return a.compareTo(b);
    }
    if (this instanceof Moment a && other instanceof Moment b && a.type == b.type) {
      return Long.compare(a.micros, b.micros);
    }
    if (this instanceof Row(List<Key> a) && other instanceof Row(List<Key> b)) {
      return new Cut(a, false).compareTo(new Cut(b, false));
    }
    throw new ClassCastException(this + " has no order beside " + other);
  }
}
