package dev.terrace.sql.session;

import dev.terrace.sql.auth.Proof;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** What a store's database said of its users of late. */
final class AuthCache {

  /** What was said of a user, and when. */
  record Known(Optional<Proof> proof, long atNanos) {}

  /** Whoever makes up users finds no end of memory here. */
  private static final int KEPT_MAX = 10_000;

  private final Map<String, Known> entries = new ConcurrentHashMap<>();

  /** What was said of the user, unless that is too long ago. */
  Optional<Known> find(String user, Duration longest) {
    return Optional.ofNullable(entries.get(user))
        .filter(known -> System.nanoTime() - known.atNanos() < longest.toNanos());
  }

  void put(String user, Optional<Proof> proof) {
    if (entries.size() >= KEPT_MAX) {
      entries.clear();
    }
    entries.put(user, new Known(proof, System.nanoTime()));
  }

  /** A login failed by it: it may be out of date. */
  void forget(String user) {
    entries.remove(user);
  }
}
