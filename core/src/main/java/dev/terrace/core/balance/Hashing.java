package dev.terrace.core.balance;

import java.nio.charset.StandardCharsets;

/**
 * The 64-bit hash that consistent hashing places members and keys with: FNV-1a over the bytes, then
 * the finaliser of SplitMix64 (Steele et al., 2014) so that near keys land far apart. It is part of
 * the contract: every node must compute the same.
 */
public final class Hashing {

  private Hashing() {}

  /** Hashes text by its UTF-8 bytes. */
  public static long hash(CharSequence text) {
    return hash(text.toString().getBytes(StandardCharsets.UTF_8));
  }

  /** Hashes bytes. */
  public static long hash(byte[] bytes) {
    long hash = 0xcbf29ce484222325L;
    for (byte b : bytes) {
      hash = (hash ^ (b & 0xFF)) * 0x100000001b3L;
    }
    return mix(hash);
  }

  /** Spreads the bits of a number over all 64. */
  public static long mix(long value) {
    long z = value + 0x9E3779B97F4A7C15L;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
