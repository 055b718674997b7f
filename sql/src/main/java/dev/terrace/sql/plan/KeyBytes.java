package dev.terrace.sql.plan;

import dev.terrace.core.place.Decimal;
import dev.terrace.core.place.Key;
import dev.terrace.core.place.KeyType;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.Optional;
import java.util.UUID;

/** Keys from PostgreSQL's binary format. */
final class KeyBytes {

  private static final LocalDate DATE_EPOCH = LocalDate.of(2000, 1, 1);

  private KeyBytes() {}

  /** Takes the elements of an array; false ends the reading. */
  interface ElementSink {
    boolean accept(int typeOid, ByteBuffer element);
  }

  /** The key that a buffer's remaining bytes are. */
  static Optional<Key> key(ByteBuffer value, KeyType type) {
    return switch (type) {
      case BIGINT -> whole(value);
      case NUMERIC -> Decimal.read(value).map(Key.Numeric::new);
      case TEXT, BPCHAR -> KeyText.key(StandardCharsets.UTF_8.decode(value).toString(), type);
      case BYTEA -> {
        byte[] bytes = new byte[value.remaining()];
        value.get(bytes);
        yield Optional.of(Key.Bytes.of(bytes));
      }
      case BOOLEAN ->
          value.remaining() == 1 ? Optional.of(new Key.Truth(value.get() != 0)) : Optional.empty();
      case UUID ->
          value.remaining() == 16
              ? Optional.of(new Key.Uuid(new UUID(value.getLong(), value.getLong())))
              : Optional.empty();
      case DATE -> day(value);
      case TIMESTAMP, TIMESTAMPTZ -> moment(value, type);
    };
  }

  private static Optional<Key> whole(ByteBuffer value) {
    return switch (value.remaining()) {
      case Short.BYTES -> Optional.of(new Key.Whole(value.getShort()));
      case Integer.BYTES -> Optional.of(new Key.Whole(value.getInt()));
      case Long.BYTES -> Optional.of(new Key.Whole(value.getLong()));
      default -> Optional.empty();
    };
  }

  /** Days since 2000; the extremes are the infinities. */
  private static Optional<Key> day(ByteBuffer value) {
    if (value.remaining() != Integer.BYTES) {
      return Optional.empty();
    }
    int days = value.getInt();
    return days == Integer.MAX_VALUE || days == Integer.MIN_VALUE
        ? Optional.empty()
        : Optional.of(new Key.Day(DATE_EPOCH.plusDays(days)));
  }

  /** Microseconds since 2000; the extremes are the infinities. */
  private static Optional<Key> moment(ByteBuffer value, KeyType type) {
    if (value.remaining() != Long.BYTES) {
      return Optional.empty();
    }
    long micros = value.getLong();
    return micros == Long.MAX_VALUE || micros == Long.MIN_VALUE
        ? Optional.empty()
        : Optional.of(new Key.Moment(type, micros));
  }

  /**
   * Reads a one-dimensional array, NULLs passed over; false if it is not one or the sink says so.
   */
  static boolean array(ByteBuffer value, ElementSink sink) {
    if (value.remaining() < 12) {
      return false;
    }
    int dimensions = value.getInt();
    value.getInt();
    int oid = value.getInt();
    if (dimensions == 0) {
      return true;
    }
    if (dimensions != 1 || value.remaining() < 8) {
      return false;
    }
    int count = value.getInt();
    value.getInt();
    for (int i = 0; i < count; i++) {
      int length = value.remaining() < Integer.BYTES ? Integer.MAX_VALUE : value.getInt();
      if (length < -1 || length > value.remaining()) {
        return false;
      }
      if (length >= 0) {
        if (!sink.accept(oid, value.slice(value.position(), length))) {
          return false;
        }
        value.position(value.position() + length);
      }
    }
    return !value.hasRemaining();
  }
}
