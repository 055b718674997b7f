package dev.terrace.kv.data;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A whole key in the one form that its row has: {@code product:42}, never {@code product:042}. */
public final class EntryKey {

  private final byte[] bytes;
  private final int hash;

  EntryKey(byte[] bytes) {
    this.bytes = bytes;
    this.hash = Arrays.hashCode(bytes);
  }

  byte[] bytes() {
    return bytes;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof EntryKey that && hash == that.hash && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return hash;
  }

  /** The key's text. */
  @Override
  public String toString() {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
