package dev.terrace.kv.data;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An entry as the shared cache holds it: a version, what the table looked like, when it was loaded,
 * when the row expires, and for each field its length and bytes. Nodes that know the table
 * otherwise find nothing in it.
 */
record StoredEntry(Entry entry, long loadedAtMillis) {

  private static final byte VERSION = 1;
  private static final int HEAD_BYTES = 1 + 8 + 8 + 8 + 4;
  private static final int MISSING = -1;
  private static final int NULL = -1;

  /** The bytes of an entry. */
  static byte[] of(Entry entry, long loadedAtMillis) {
    boolean exists = entry.exists(Long.MIN_VALUE);
    int fields = exists ? entry.fields() : 0;
    List<byte @Nullable []> values = new ArrayList<>(fields);
    int length = HEAD_BYTES;
    for (int i = 0; i < fields; i++) {
      byte[] value = entry.value(i);
      values.add(value);
      length += 4 + (value == null ? 0 : value.length);
    }
    ByteBuffer out = ByteBuffer.allocate(length);
    out.put(VERSION).putLong(entry.schema().form()).putLong(loadedAtMillis);
    out.putLong(entry.expiresAtMillis()).putInt(exists ? fields : MISSING);
    for (byte[] value : values) {
      out.putInt(value == null ? NULL : value.length);
      if (value != null) {
        out.put(value);
      }
    }
    return out.array();
  }

  /** What the bytes say, or null if they say nothing that this node understands. */
  static @Nullable StoredEntry read(Schema schema, byte[] bytes) {
    try {
      ByteBuffer in = ByteBuffer.wrap(bytes);
      if (in.get() != VERSION || in.getLong() != schema.form()) {
        return null;
      }
      long loadedAt = in.getLong();
      long expires = in.getLong();
      int fields = in.getInt();
      if (fields == MISSING) {
        return new StoredEntry(Entry.missing(schema), loadedAt);
      }
      if (fields != schema.fields().size()) {
        return null;
      }
      List<byte @Nullable []> values = new ArrayList<>(fields);
      for (int i = 0; i < fields; i++) {
        int length = in.getInt();
        if (length > in.remaining()) {
          return null;
        }
        byte[] value = length < 0 ? null : new byte[length];
        if (value != null) {
          in.get(value);
        }
        values.add(value);
      }
      return in.hasRemaining()
          ? null
          : new StoredEntry(Entry.of(schema, values, expires), loadedAt);
    } catch (BufferUnderflowException e) {
      return null;
    }
  }
}
