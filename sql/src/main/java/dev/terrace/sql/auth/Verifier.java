package dev.terrace.sql.auth;

import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What checks one user's password.
 *
 * @param salt in base64
 * @param real false for a user that does not exist: the exchange then runs as for any other and
 *     fails at its end, so that nobody learns which users there are
 */
public record Verifier(String salt, int iterations, ScramKeys keys, boolean real) {

  /** As many rounds as PostgreSQL takes. */
  static final int ITERATIONS = 4096;

  private static final int SALT_BYTES = 16;

  private static final Pattern STORED =
      Pattern.compile("SCRAM-SHA-256\\$(\\d{1,9}):([A-Za-z0-9+/=]+)\\$([^:]+):([^:]+)");

  /** For a user's password, with a salt of its own. */
  static Verifier of(String password) {
    byte[] bytes = new byte[SALT_BYTES];
    new SecureRandom().nextBytes(bytes);
    String salt = Base64.getEncoder().encodeToString(bytes);
    return new Verifier(salt, ITERATIONS, ScramKeys.derive(password, salt, ITERATIONS), true);
  }

  /** Reads what pg_authid keeps: {@code SCRAM-SHA-256$4096:salt$StoredKey:ServerKey}. */
  public static Optional<Verifier> stored(String text) {
    Matcher parts = STORED.matcher(text);
    if (!parts.matches()) {
      return Optional.empty();
    }
    byte[] salt = ScramMessage.bytes(parts.group(2));
    byte[] storedKey = ScramMessage.bytes(parts.group(3));
    byte[] serverKey = ScramMessage.bytes(parts.group(4));
    int iterations = Integer.parseInt(parts.group(1));
    if (salt == null
        || storedKey == null
        || serverKey == null
        || storedKey.length != ScramKeys.KEY_BYTES
        || serverKey.length != ScramKeys.KEY_BYTES
        || iterations < 1) {
      return Optional.empty();
    }
    return Optional.of(
        new Verifier(parts.group(2), iterations, ScramKeys.stored(storedKey, serverKey), true));
  }

  /** For a user that does not exist; the same name gets the same salt each time. */
  static Verifier unknown(String user, byte[] secret, ScramKeys anyKeys) {
    byte[] bytes = Arrays.copyOf(ScramKeys.hmac(secret, user), SALT_BYTES);
    String salt = Base64.getEncoder().encodeToString(bytes);
    return new Verifier(salt, ITERATIONS, anyKeys, false);
  }
}
