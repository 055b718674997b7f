package dev.terrace.engines.memcached;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;

/**
 * A key as a Memcached takes it, which allows 250 bytes and neither blanks nor control bytes. Plain
 * ones begin with {@code terrace:}; others are the same in base64, which the server decodes; long
 * ones are {@code terrace#} and a hash, and their whole is kept with the value, to compare.
 *
 * @param base64 whether the server is to decode it
 * @param rest what is kept in front of the value
 */
@SuppressWarnings("ArrayRecordComponent") // passed on, never compared
record WireKey(String name, boolean base64, byte[] rest) {

  private static final int BYTES_MAX = 250;
  private static final byte[] PREFIX = "terrace:".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] NONE = {};

  static WireKey of(byte[] key) {
    byte[] full = Arrays.copyOf(PREFIX, PREFIX.length + key.length);
    System.arraycopy(key, 0, full, PREFIX.length, key.length);
    if (full.length <= BYTES_MAX && isPlain(key)) {
      return new WireKey(new String(full, StandardCharsets.US_ASCII), false, NONE);
    }
    if ((full.length + 2) / 3 * 4 <= BYTES_MAX) {
      return new WireKey(Base64.getEncoder().encodeToString(full), true, NONE);
    }
    return new WireKey("terrace#" + hash(key), false, key);
  }

  private static boolean isPlain(byte[] key) {
    for (byte one : key) {
      if (one <= ' ' || one == 0x7f) {
        return false;
      }
    }
    return true;
  }

  private static String hash(byte[] key) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(key));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JDK has SHA-256", e);
    }
  }

  /** The bytes of an item that holds that value. */
  byte[] item(byte[] value) {
    byte[] item = new byte[1 + rest.length + value.length];
    item[0] = 'v';
    System.arraycopy(rest, 0, item, 1, rest.length);
    System.arraycopy(value, 0, item, 1 + rest.length, value.length);
    return item;
  }

  /** Whether an item with these bytes is for this key, and not for one with the same hash. */
  boolean owns(byte[] item) {
    return item.length > rest.length
        && Arrays.equals(item, 1, 1 + rest.length, rest, 0, rest.length);
  }

  /** The value in such an item. */
  byte[] value(byte[] item) {
    return Arrays.copyOfRange(item, 1 + rest.length, item.length);
  }
}
