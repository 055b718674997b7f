package dev.terrace.sql.auth;

import dev.terrace.config.Secret;
import dev.terrace.sql.auth.ScramClient.Challenge;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;

/**
 * What Terrace proves to a store's servers that it may log in: a password, or what a client has
 * proven it with. Each server has a salt of its own and keeps it, so the keys are derived once per
 * server, on a virtual thread, and kept.
 */
public final class ServerPassword {

  /** What is known. */
  private sealed interface Known {

    /** The password itself. */
    record Clear(Secret password) implements Known {}

    /** Its hash for one user. */
    record Hashed(Md5Password password) implements Known {}

    /** Its keys for one salt. */
    record Keys(Challenge challenge) implements Known {}
  }

  private static final Executor SLOW = work -> Thread.ofVirtual().name("scram-keys").start(work);
  private static final int KEPT_MAX = 1024;

  private final Known known;
  private final Map<Challenge, CompletableFuture<ScramKeys>> kept = new ConcurrentHashMap<>();

  private ServerPassword(Known known) {
    this.known = known;
  }

  /** A password. */
  public static ServerPassword of(Secret password) {
    return new ServerPassword(new Known.Clear(password));
  }

  /** What md5 keeps of a password. */
  public static ServerPassword ofMd5(Md5Password password) {
    return new ServerPassword(new Known.Hashed(password));
  }

  /** The keys that a client's proof has told: good for servers with that very salt. */
  static ServerPassword ofKeys(String salt, int iterations, ScramKeys keys) {
    Challenge challenge = new Challenge(salt, iterations);
    ServerPassword password = new ServerPassword(new Known.Keys(challenge));
    password.kept.put(challenge, CompletableFuture.completedFuture(keys));
    return password;
  }

  /** The keys for a server's challenge; complete already if it was met before. */
  public CompletableFuture<ScramKeys> keys(Challenge challenge) {
    CompletableFuture<ScramKeys> before = kept.get(challenge);
    if (before != null) {
      return before;
    }
    if (!(known instanceof Known.Clear(Secret password))) {
      return CompletableFuture.failedFuture(
          new IllegalStateException(
              "the password itself is not known, and the server keeps another"
                  + " form of it than the one that the client has proven"));
    }
    if (kept.size() > KEPT_MAX) {
      kept.clear();
    }
    return kept.computeIfAbsent(
        challenge,
        unknown ->
            CompletableFuture.supplyAsync(
                () -> ScramKeys.derive(password.value(), challenge.salt(), challenge.iterations()),
                SLOW));
  }

  /** What to answer to a server that asks by md5. */
  public Optional<String> md5(String user, byte[] salt) {
    return switch (known) {
      case Known.Clear(Secret password) ->
          Optional.of(Md5Password.of(password.value(), user).answer(salt));
      case Known.Hashed(Md5Password password) -> Optional.of(password.answer(salt));
      case Known.Keys keys -> Optional.empty();
    };
  }

  /** The password itself, for a server that asks for just that. */
  public Optional<String> clear() {
    return known instanceof Known.Clear(Secret password)
        ? Optional.of(password.value())
        : Optional.empty();
  }

  /** The same password is the same proof, though keys that were derived are not shared. */
  @Override
  public boolean equals(Object other) {
    return other instanceof ServerPassword that && known.equals(that.known);
  }

  @Override
  public int hashCode() {
    return known.hashCode();
  }
}
