package dev.terrace.engines.redis;

import dev.terrace.engine.StoreSettings;
import java.time.Duration;
import java.util.Optional;

/** Settings of a Redis in tests. */
final class TestSettings {

  private TestSettings() {}

  static StoreSettings plain(Duration timeout) {
    return of(timeout, "", "", "", Optional.empty());
  }

  static StoreSettings of(
      Duration timeout,
      String database,
      String user,
      String password,
      Optional<StoreSettings.StoreTls> tls) {
    return new StoreSettings(
        "cache", database, user, password, tls, timeout, Duration.ofSeconds(1), 8);
  }
}
