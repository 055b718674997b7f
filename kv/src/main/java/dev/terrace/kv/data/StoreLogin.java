package dev.terrace.kv.data;

import dev.terrace.config.Secret;
import dev.terrace.config.StoreConfig;
import dev.terrace.engine.StoreSettings;
import java.time.Duration;

/** How a file's store is logged in to, for whoever speaks to its servers by an engine. */
public final class StoreLogin {

  private static final Duration CONNECT_TIMEOUT_MAX = Duration.ofSeconds(2);

  private StoreLogin() {}

  /**
   * The settings of a store.
   *
   * @param timeout how long one call may take
   * @param maxConnections connections to one server at most
   */
  public static StoreSettings of(
      String name, StoreConfig store, Duration timeout, int maxConnections) {
    return new StoreSettings(
        name,
        store.database(),
        store.login(),
        store.password().map(Secret::value).orElse(""),
        timeout,
        timeout.compareTo(CONNECT_TIMEOUT_MAX) < 0 ? timeout : CONNECT_TIMEOUT_MAX,
        maxConnections);
  }
}
