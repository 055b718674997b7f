package dev.terrace.sql.session;

import dev.terrace.sql.wire.SqlError;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** How many clients each user and each store has at the moment, and may have. */
final class Occupancy {

  private final Map<String, Integer> byUser = new ConcurrentHashMap<>();
  private final Map<String, Integer> byStore = new ConcurrentHashMap<>();

  /** Lets a client in, or says what is full. */
  Optional<SqlError> enter(String user, int userMax, String store, int storeMax) {
    if (byUser.merge(user, 1, Integer::sum) > userMax) {
      leave(byUser, user);
      return full("role \"" + user + "\"", userMax);
    }
    if (byStore.merge(store, 1, Integer::sum) > storeMax) {
      leave(byStore, store);
      leave(byUser, user);
      return full("database \"" + store + "\"", storeMax);
    }
    return Optional.empty();
  }

  private static Optional<SqlError> full(String whose, int max) {
    return Optional.of(
        SqlError.fatal("53300", "too many connections for " + whose + ": " + max + " are allowed"));
  }

  /** A client that was let in is gone. */
  void leave(String user, String store) {
    leave(byUser, user);
    leave(byStore, store);
  }

  private static void leave(Map<String, Integer> counts, String name) {
    counts.computeIfPresent(name, (same, count) -> count == 1 ? null : count - 1);
  }

  /** The clients that a store has. */
  int of(String store) {
    return byStore.getOrDefault(store, 0);
  }
}
