package dev.terrace.kv.data;

import dev.terrace.engine.Row;
import dev.terrace.kv.resp.ReplyWriter;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one key: that its row is missing, or the row as it is sent to clients. Names and
 * values lie behind one another as bulk strings, so that a hit copies bytes and builds nothing.
 */
public final class Entry {

  /** When a row without expiry expires. */
  public static final long NEVER = Long.MAX_VALUE;

  /** A guess at what the JVM and the cache hold per entry beside the bytes. */
  private static final int OVERHEAD_BYTES = 208;

  private static final byte[] NOTHING = {};
  private static final int[] NO_SPANS = {};

  private final Schema schema;
  private final boolean exists;
  private final byte[] encoded;

  /** Start and end in {@link #encoded} of each field's value; two zeros for NULL. */
  private final int[] spans;

  private final int present;
  private final long expiresAtMillis;

  private Entry(
      Schema schema, boolean exists, byte[] encoded, int[] spans, int present, long expires) {
    this.schema = schema;
    this.exists = exists;
    this.encoded = encoded;
    this.spans = spans;
    this.present = present;
    this.expiresAtMillis = expires;
  }

  static Entry missing(Schema schema) {
    return new Entry(schema, false, NOTHING, NO_SPANS, 0, NEVER);
  }

  /**
   * The entry of a row.
   *
   * @param expires the column with the time after which the row counts as gone
   */
  static Entry of(Schema schema, Row row, Optional<String> expires) {
    List<byte @Nullable []> values = new ArrayList<>(schema.fields().size());
    for (String field : schema.fields()) {
      values.add(row.value(field));
    }
    return of(schema, values, expiry(row, expires));
  }

  /** The entry of a row with these values, in the order of the fields. */
  static Entry of(Schema schema, List<byte @Nullable []> values, long expiresAtMillis) {
    int[] spans = new int[2 * values.size()];
    int present = 0;
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
    for (int i = 0; i < values.size(); i++) {
      byte[] value = values.get(i);
      if (value != null) {
        bytes.writeBytes(schema.encodedNames().get(i));
        spans[2 * i] = bytes.size();
        bytes.writeBytes(("$" + value.length + "\r\n").getBytes(StandardCharsets.US_ASCII));
        bytes.writeBytes(value);
        bytes.write('\r');
        bytes.write('\n');
        spans[2 * i + 1] = bytes.size();
        present++;
      }
    }
    return new Entry(schema, true, bytes.toByteArray(), spans, present, expiresAtMillis);
  }

  /** When the row expires by the wall clock, in milliseconds. */
  static long expiry(Row row, Optional<String> column) {
    Optional<String> text = column.flatMap(row::text);
    return text.isEmpty() ? NEVER : millis(text.get());
  }

  /** Reads a time as PostgreSQL prints it: {@code 2026-01-31 12:30:00.5+00}. */
  private static long millis(String text) {
    if (text.equals("infinity")) {
      return NEVER;
    }
    try {
      String iso = text.replace(' ', 'T');
      boolean zoned = iso.endsWith("Z") || iso.indexOf('+') > 0 || iso.lastIndexOf('-') > 9;
      return OffsetDateTime.parse(zoned ? iso : iso + "+00", ZONED).toInstant().toEpochMilli();
    } catch (DateTimeParseException e) {
      // "-infinity", or a year before our era: long gone.
      return 0;
    }
  }

  private static final DateTimeFormatter ZONED =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss[.SSSSSS][.SSSSS][.SSSS][.SSS][.SS][.S]X");

  private static final DateTimeFormatter PRINTED =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSSX", Locale.ROOT).withZone(ZoneOffset.UTC);

  /** A time as a value of the expires column. */
  public static String time(long epochMillis) {
    return PRINTED.format(Instant.ofEpochMilli(epochMillis));
  }

  Schema schema() {
    return schema;
  }

  /** Whether there is a row that has not expired. */
  public boolean exists(long nowMillis) {
    return exists && nowMillis < expiresAtMillis;
  }

  /** When it expires, in milliseconds of the wall clock, or {@link #NEVER}. */
  public long expiresAtMillis() {
    return expiresAtMillis;
  }

  /** How many fields have a value. */
  public int size() {
    return present;
  }

  /** The number of the collection's fields, with or without value. */
  public int fields() {
    return schema.fields().size();
  }

  /** Whether the field at that index has a value. */
  public boolean has(int index) {
    return exists && spans[2 * index + 1] > 0;
  }

  /** The index of a field. */
  public int index(String field) {
    return schema.index(field).orElse(-1);
  }

  /** The name of the field at that index. */
  public String field(int index) {
    return schema.fields().get(index);
  }

  /** Writes all fields and values as a map. */
  public void writeAll(ReplyWriter out) {
    out.map(present);
    out.encoded(encoded, 0, encoded.length);
  }

  /** Writes the value of the field at that index, or nil. */
  public void writeValue(int index, ReplyWriter out) {
    if (has(index)) {
      out.encoded(encoded, spans[2 * index], spans[2 * index + 1]);
    } else {
      out.nil();
    }
  }

  /** The value of the field at that index, or null. */
  public byte @Nullable [] value(int index) {
    if (!has(index)) {
      return null;
    }
    int start = spans[2 * index];
    while (encoded[start] != '\n') {
      start++;
    }
    return Arrays.copyOfRange(encoded, start + 1, spans[2 * index + 1] - 2);
  }

  /**
   * The row that it is of, as far as its fields and its expiry tell.
   *
   * @param expires the column with the expiry
   */
  Optional<Row> row(Optional<String> expires) {
    if (!exists) {
      return Optional.empty();
    }
    List<String> columns = schema.columns();
    byte[] @Nullable [] values = new byte[columns.size()] @Nullable [];
    for (int i = 0; i < columns.size(); i++) {
      int field = index(columns.get(i));
      if (field >= 0) {
        values[i] = value(field);
      } else if (expires.equals(Optional.of(columns.get(i))) && expiresAtMillis != NEVER) {
        values[i] = time(expiresAtMillis).getBytes(StandardCharsets.UTF_8);
      }
    }
    return Optional.of(new Row(columns, values));
  }

  /** The bytes that keeping this entry takes, its key's included. */
  int weight(EntryKey key) {
    long bytes = OVERHEAD_BYTES + (long) key.bytes().length + encoded.length + 4L * spans.length;
    return (int) Math.min(Integer.MAX_VALUE, bytes);
  }
}
