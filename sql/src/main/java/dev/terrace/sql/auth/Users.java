package dev.terrace.sql.auth;

import dev.terrace.config.Secret;
import dev.terrace.config.SqlConfig.UserConfig;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Who may log in. The keys are derived once, when the file is applied: a login costs a few hashes.
 */
public final class Users {

  private record Known(UserConfig config, Proof proof) {}

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
   * Users by name; those that {@code before} had already keep their keys.
   *
   * @param trusted a user who needs no password, if there are no users at all
   */
  public static Users of(
      Map<String, UserConfig> users, Optional<String> trusted, Optional<Users> before) {
    Map<String, Known> known = new HashMap<>();
    users.forEach((user, config) -> {
      Known old = before.map(others -> others.known.get(user)).orElse(null);
      known.put(
          user,
          old != null && old.config().equals(config)
              ? old
              : new Known(config, proof(user, config)));
    });
    ScramKeys anyKeys =
        before.map(others -> others.anyKeys).orElseGet(() -> Verifier.of("").keys());
    return new Users(Map.copyOf(known), trusted, anyKeys);
  }

  private static Proof proof(String user, UserConfig config) {
    String password = config.password().map(Secret::value).orElse("");
    return switch (config.auth()) {
      case SCRAM_SHA_256 ->
          new Proof.Scram(Verifier.stored(password).orElseGet(() -> Verifier.of(password)));
      case MD5 ->
          new Proof.Md5(
              Md5Password.isStored(password)
                  ? Md5Password.stored(password)
                  : Md5Password.of(password, user));
      case CERT ->
          new Proof.Certificate(
              config.commonNames().isEmpty() ? List.of(user) : config.commonNames());
      case TRUST -> new Proof.Trust();
    };
  }

  /** How the user of such an entry of pg_authid proves who it is; empty if there is no password. */
  public static Optional<Proof> stored(String password) {
    return Md5Password.isStored(password)
        ? Optional.of(new Proof.Md5(Md5Password.stored(password)))
        : Verifier.stored(password).map(Proof.Scram::new);
  }

  /** Whether there are no users: then only loopback may log in, and only one user. */
  public boolean open() {
    return known.isEmpty();
  }

  /** Whether the user needs no password; only to be asked if {@link #open}. */
  public boolean trusts(String user) {
    return known.isEmpty() && trusted.isPresent() && trusted.get().equals(user);
  }

  /** How a user proves who it is; empty if it is not listed. */
  public Optional<Proof> find(String user) {
    return Optional.ofNullable(known.get(user)).map(Known::proof);
  }

  /** What the file says of a user. */
  public Optional<UserConfig> config(String user) {
    return Optional.ofNullable(known.get(user)).map(Known::config);
  }

  /** The motions that a user who does not exist is put through; they end in vain. */
  public Proof unknown(String user) {
    return new Proof.Scram(Verifier.unknown(user, SECRET, anyKeys));
  }
}
