package dev.terrace.sql.plan;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A cache by bytes, of a fixed number of entries: each has one of two places, and a new one takes
 * that of an old. A look-up neither copies nor allocates. For one thread.
 */
public final class ByteTable<V> {

  private static final class Entry<V> {
    final byte[] key;
    final long hash;
    final V value;

    Entry(byte[] key, long hash, V value) {
      this.key = key;
      this.hash = hash;
      this.value = value;
    }

    boolean is(byte[] bytes, int length, long itsHash) {
      return hash == itsHash && Arrays.equals(key, 0, key.length, bytes, 0, length);
    }
  }

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long FACTOR = 0x9E3779B97F4A7C15L;

  private final @Nullable Entry<V>[] entries;

  /** An empty cache; {@code capacity} is a power of two. */
  @SuppressWarnings({"unchecked", "rawtypes"})
  public ByteTable(int capacity) {
    entries = new Entry[capacity];
  }

  /** What was put under the first bytes of an array, null if it is not kept. */
  public @Nullable V find(byte[] bytes, int length) {
    long hash = hash(bytes, length);
    Entry<V> first = entries[place(hash)];
    if (first != null && first.is(bytes, length, hash)) {
      return first.value;
    }
    Entry<V> second = entries[place(hash) ^ 1];
    return second != null && second.is(bytes, length, hash) ? second.value : null;
  }

  /** Keeps a value under the first bytes of an array, which are copied. */
  public void put(byte[] bytes, int length, V value) {
    long hash = hash(bytes, length);
    int place = place(hash);
    entries[place ^ 1] = entries[place];
    entries[place] = new Entry<>(Arrays.copyOf(bytes, length), hash, value);
  }

  /** Forgets everything. */
  public void clear() {
    Arrays.fill(entries, null);
  }

  private int place(long hash) {
    return (int) (hash >>> 32) & (entries.length - 1);
  }

  private static long hash(byte[] bytes, int length) {
    long hash = length;
    int at = 0;
    for (; at + Long.BYTES <= length; at += Long.BYTES) {
      hash = mix(hash ^ (long) LONGS.get(bytes, at));
    }
    for (; at < length; at++) {
      hash = mix(hash ^ bytes[at]);
    }
    return hash;
  }

  private static long mix(long value) {
    long product = value * FACTOR;
    return product ^ (product >>> 29);
  }
}
