package dev.terrace.sql.auth;

import dev.terrace.config.Secret;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Who may log in. The keys are derived once, when the file is applied: a login costs a few hashes.
 */
public final class Users {

  private record Known(Secret password, Verifier verifier) {}

  private static final byte[] SECRET = secret();

  private final Map<String, Known> known;
  private final Optional<String> trusted;
  private final ScramKeys anyKeys;

  private Users(Map<String, Known> known, Optional<String> trusted, ScramKeys anyKeys) {
    this.known = known;
    this.trusted = trusted;
    this.anyKeys = anyKeys;
  }

  private static byte[] secret() {
    byte[] secret = new byte[32];
    new SecureRandom().nextBytes(secret);
    return secret;
  }

  /**
   * Users with passwords; those that {@code before} had already keep their keys.
   *
   * @param trusted a user who needs no password, if there are no passwords at all
   */
  public static Users of(
      Map<String, Secret> passwords, Optional<String> trusted, Optional<Users> before) {
    Map<String, Known> known = new HashMap<>();
    passwords.forEach((user, password) -> {
      Known old = before.map(users -> users.known.get(user)).orElse(null);
      known.put(
          user,
          old != null && old.password().equals(password)
              ? old
              : new Known(password, Verifier.of(password.value())));
    });
    ScramKeys anyKeys = before.map(users -> users.anyKeys).orElseGet(() -> Verifier.of("").keys());
    return new Users(Map.copyOf(known), trusted, anyKeys);
  }

  /** Whether there are no passwords: then only loopback may log in, and only one user. */
  public boolean open() {
    return known.isEmpty();
  }

  /** Whether the user needs no password; only to be asked if {@link #open}. */
  public boolean trusts(String user) {
    return known.isEmpty() && trusted.isPresent() && trusted.get().equals(user);
  }

  /** Starts to check a user's password, whether there is such a user or not. */
  public ScramServer check(String user) {
    Known found = known.get(user);
    return new ScramServer(
        found == null ? Verifier.unknown(user, SECRET, anyKeys) : found.verifier());
  }
}
