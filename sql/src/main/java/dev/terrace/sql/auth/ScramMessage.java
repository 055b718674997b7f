package dev.terrace.sql.auth;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** The attributes of a SCRAM message: {@code r=...,s=...,i=...} (RFC 5802 section 7). */
final class ScramMessage {

  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int NONCE_BYTES = 18;

  private ScramMessage() {}

  /** A nonce that was never used. */
  static String nonce() {
    byte[] bytes = new byte[NONCE_BYTES];
    RANDOM.nextBytes(bytes);
    return Base64.getEncoder().encodeToString(bytes);
  }

  /** A header and what the exchange is bound to, as the final message repeats them. */
  static String bound(String header, byte[] binding) {
    byte[] start = header.getBytes(StandardCharsets.UTF_8);
    byte[] all = Arrays.copyOf(start, start.length + binding.length);
    System.arraycopy(binding, 0, all, start.length, binding.length);
    return Base64.getEncoder().encodeToString(all);
  }

  /** The value of an attribute, null if the message lacks it. */
  static @Nullable String attribute(String message, char name) {
    int at = 0;
    while (at < message.length()) {
      int end = message.indexOf(',', at);
      end = end < 0 ? message.length() : end;
      if (end - at >= 2 && message.charAt(at) == name && message.charAt(at + 1) == '=') {
        return message.substring(at + 2, end);
      }
      at = end + 1;
    }
    return null;
  }

  /** The bytes of a base64 value, null if it is none. */
  static byte @Nullable [] bytes(@Nullable String base64) {
    if (base64 == null) {
      return null;
    }
    try {
      return Base64.getDecoder().decode(base64);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }
}
