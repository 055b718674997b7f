package dev.terrace.sql.auth;

import dev.terrace.config.Secret;
import dev.terrace.sql.auth.ScramClient.Challenge;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;

/**
 * The password towards a store's servers. Each server has a salt of its own and keeps it, so the
 * keys are derived once per server, on a virtual thread, and kept.
 */
public final class ServerPassword {

  private static final Executor SLOW = work -> Thread.ofVirtual().name("scram-keys").start(work);
  private static final int KEPT_MAX = 1024;

  private final Secret password;
  private final Map<Challenge, CompletableFuture<ScramKeys>> kept = new ConcurrentHashMap<>();

  /** A password. */
  public ServerPassword(Secret password) {
    this.password = password;
  }

  /** Whether this is the same password. */
  public boolean is(Secret other) {
    return password.equals(other);
  }

  /** The keys for a server's challenge; complete already if it was met before. */
  public CompletableFuture<ScramKeys> keys(Challenge challenge) {
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
}
