package dev.terrace.sql.auth;

import java.security.SecureRandom;
import java.util.Arrays;

/**
 * What checks one user's password.
 *
 * @param real false for a user that does not exist: the exchange then runs as for any other and
 *     fails at its end, so that nobody learns which users there are
 */
record Verifier(byte[] salt, int iterations, ScramKeys keys, boolean real) {

  /** As many rounds as PostgreSQL takes. */
  static final int ITERATIONS = 4096;

  private static final int SALT_BYTES = 16;

  /** For a user's password, with a salt of its own. */
  static Verifier of(String password) {
    byte[] salt = new byte[SALT_BYTES];
    new SecureRandom().nextBytes(salt);
    return new Verifier(salt, ITERATIONS, ScramKeys.derive(password, salt, ITERATIONS), true);
  }

  /** For a user that does not exist; the same name gets the same salt each time. */
  static Verifier unknown(String user, byte[] secret, ScramKeys anyKeys) {
    byte[] salt = Arrays.copyOf(ScramKeys.hmac(secret, user), SALT_BYTES);
    return new Verifier(salt, ITERATIONS, anyKeys, false);
  }
}
