package dev.terrace.core.place;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;

/**
 * PostgreSQL's hash of a partition key, so that a row's shard is the remainder that a native {@code
 * PARTITION BY HASH} table would give it (verified against {@code satisfies_hash_partition}).
 *
 * <p>Per column it is Bob Jenkins' lookup3 with the partition seed (PostgreSQL's
 * hash_bytes_extended); the columns' hashes are folded into one, and the shard is that one modulo
 * the number of shards.
 */
public final class PartitionHash {

  /** HASH_PARTITION_SEED of PostgreSQL's partbounds.c. */
  private static final long SEED = 0x7A5B22367996DCFDL;

  private static final LocalDate DATE_EPOCH = LocalDate.of(2000, 1, 1);

  private static final int GOLDEN = 0x9e3779b9;
  private static final int LOOKUP3 = 3923095;

  private PartitionHash() {}

  /** The remainder, 0 to modulus - 1, of a key. */
  public static int remainder(Key key, int modulus) {
    long folded = 0;
    if (key instanceof Key.Row(List<Key> columns)) {
      for (Key column : columns) {
        folded = combine(folded, hash(column));
      }
    } else {
      folded = combine(0, hash(key));
    }
    return (int) Long.remainderUnsigned(folded, modulus);
  }

  /** The partition hash of one column's value, unsigned. */
  static long hash(Key key) {
    return switch (key) {
      case Key.Whole(long value) -> ofLong(value);
      case Key.Numeric(Decimal value) -> ofDecimal(value);
      case Key.Text(String value) -> ofBytes(value.getBytes(StandardCharsets.UTF_8));
      case Key.Padded(String value) -> ofBytes(value.getBytes(StandardCharsets.UTF_8));
      case Key.Bytes bytes -> ofBytes(bytes.bytes());
      case Key.Truth(boolean value) -> ofLong(value ? 1 : 0);
      case Key.Uuid(UUID value) -> ofBytes(bytes(value));
      case Key.Day(LocalDate day) -> ofLong(DATE_EPOCH.until(day, ChronoUnit.DAYS));
      case Key.Moment(KeyType _, long micros) -> ofLong(micros);
      case Key.Row row -> throw new IllegalArgumentException("more than one column: " + row);
    };
  }

  /** hash_combine64 of PostgreSQL's hashfn.h. */
  static long combine(long a, long b) {
    return a ^ (b + 0x49a0f4dd15e5a8e3L + (a << 54) + (a >>> 7));
  }

  private static long ofLong(long value) {
    int low = (int) value;
    int high = (int) (value >>> 32);
    State s = new State(Integer.BYTES);
    s.a += low ^ (value >= 0 ? high : ~high);
    return s.last();
  }

  /** Whatever the sign is: PostgreSQL leaves it out. */
  private static long ofDecimal(Decimal value) {
    if (!value.hasDigits()) {
      return value.kind() == Decimal.Kind.ZERO ? SEED - 1 : SEED;
    }
    return ofBytes(value.groups()) ^ value.weight();
  }

  private static long ofBytes(byte[] key) {
    State s = new State(key.length);
    int at = 0;
    while (key.length - at >= 12) {
      s.a += word(key, at, 4);
      s.b += word(key, at + 4, 4);
      s.c += word(key, at + 8, 4);
      s.mix();
      at += 12;
    }
    int left = key.length - at;
    s.a += word(key, at, Math.min(left, 4));
    s.b += left > 4 ? word(key, at + 4, Math.min(left - 4, 4)) : 0;
    // The lowest byte of c is reserved for the length.
    s.c += left > 8 ? word(key, at + 8, left - 8) << 8 : 0;
    return s.last();
  }

  /** Up to four bytes as a little-endian word. */
  private static int word(byte[] key, int at, int count) {
    int word = 0;
    for (int i = 0; i < count; i++) {
      word |= (key[at + i] & 0xFF) << (8 * i);
    }
    return word;
  }

  private static byte[] bytes(UUID uuid) {
    return ByteBuffer.allocate(16)
        .putLong(uuid.getMostSignificantBits())
        .putLong(uuid.getLeastSignificantBits())
        .array();
  }

  /** The three running words of lookup3. */
  private static final class State {
    int a;
    int b;
    int c;

    State(int length) {
      a = GOLDEN + length + LOOKUP3;
      b = a;
      c = a;
      a += (int) (SEED >>> 32);
      b += (int) SEED;
      mix();
    }

    void mix() {
      a = (a - c) ^ Integer.rotateLeft(c, 4);
      c += b;
      b = (b - a) ^ Integer.rotateLeft(a, 6);
      a += c;
      c = (c - b) ^ Integer.rotateLeft(b, 8);
      b += a;
      a = (a - c) ^ Integer.rotateLeft(c, 16);
      c += b;
      b = (b - a) ^ Integer.rotateLeft(a, 19);
      a += c;
      c = (c - b) ^ Integer.rotateLeft(b, 4);
      b += a;
    }

    long last() {
      c = (c ^ b) - Integer.rotateLeft(b, 14);
      a = (a ^ c) - Integer.rotateLeft(c, 11);
      b = (b ^ a) - Integer.rotateLeft(a, 25);
      c = (c ^ b) - Integer.rotateLeft(b, 16);
      a = (a ^ c) - Integer.rotateLeft(c, 4);
      b = (b ^ a) - Integer.rotateLeft(a, 14);
      c = (c ^ b) - Integer.rotateLeft(b, 24);
      return (Integer.toUnsignedLong(b) << 32) | Integer.toUnsignedLong(c);
    }
  }
}
