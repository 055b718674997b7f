package dev.terrace.sql.auth;

import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;

/**
 * What checks one user's password.
 *
 * @param salt in base64
 * @param real false for a user that does not exist: the exchange then runs as for any other and
 *     fails at its end, so that nobody learns which users there are
 */
record Verifier(String salt, int iterations, ScramKeys keys, boolean real) {

  /** As many rounds as PostgreSQL takes. */
  static final int ITERATIONS = 4096;

  private static final int SALT_BYTES = 16;

  /** For a user's password, with a salt of its own. */
  static Verifier of(String password) {
    byte[] bytes = new byte[SALT_BYTES];
    new SecureRandom().nextBytes(bytes);
    String salt = Base64.getEncoder().encodeToString(bytes);
    return new Verifier(salt, ITERATIONS, ScramKeys.derive(password, salt, ITERATIONS), true);
  }

  /** For a user that does not exist; the same name gets the same salt each time. */
  static Verifier unknown(String user, byte[] secret, ScramKeys anyKeys) {
    byte[] bytes = Arrays.copyOf(ScramKeys.hmac(secret, user), SALT_BYTES);
    String salt = Base64.getEncoder().encodeToString(bytes);
    return new Verifier(salt, ITERATIONS, anyKeys, false);
  }
}
