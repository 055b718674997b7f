package dev.terrace.sql.server;

import dev.terrace.sql.auth.ServerPassword;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * One store's accounts: the same role with the same password is the same account, so that its
 * connections are shared.
 */
public final class Accounts {

  private record Key(String user, Optional<ServerPassword> password) {}

  /** Whoever makes up users finds no end of memory here. */
  private static final int KEPT_MAX = 10_000;

  private final Map<Key, Account> byKey = new ConcurrentHashMap<>();
  private String database = "";
  private Optional<ServerTls> tls = Optional.empty();
  private Optional<Account> own = Optional.empty();

  /** No account yet. */
  public Accounts() {}

  /**
   * Serves by this from now on; accounts that do not fit are retired.
   *
   * @param user the store's own user
   * @return the store's own account
   */
  public synchronized Account configure(
      String newDatabase,
      Optional<ServerTls> newTls,
      String user,
      Optional<ServerPassword> password) {
    if (!newDatabase.equals(database) || !newTls.equals(tls)) {
      byKey.values().forEach(Account::retire);
      byKey.clear();
      database = newDatabase;
      tls = newTls;
    }
    Account next = of(user, password);
    own.filter(before -> before != next)
        .ifPresent(before -> {
          before.retire();
          byKey.values().remove(before);
        });
    own = Optional.of(next);
    return next;
  }

  /** The account of a role. */
  public synchronized Account of(String user, Optional<ServerPassword> password) {
    if (byKey.size() >= KEPT_MAX) {
      byKey.values().stream().filter(a -> own.isEmpty() || own.get() != a).forEach(Account::retire);
      byKey.values().removeIf(Account::isRetired);
    }
    return byKey.computeIfAbsent(
        new Key(user, password), key -> new Account(user, database, password, tls));
  }

  /** Nobody may use these accounts any more. */
  public synchronized void close() {
    byKey.values().forEach(Account::retire);
    byKey.clear();
  }
}
