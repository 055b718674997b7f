package dev.terrace.kv.data;

import dev.terrace.config.FileName;
import dev.terrace.config.Secret;
import dev.terrace.config.StoreConfig;
import dev.terrace.config.StoreConfig.StoreTlsConfig;
import dev.terrace.config.StoreConfig.StoreTlsMode;
import dev.terrace.engine.StoreSettings;
import dev.terrace.engine.StoreSettings.Mode;
import dev.terrace.engine.StoreSettings.StoreTls;
import java.time.Duration;

/** What a file says of a store, in the words of engines. */
public final class EngineSettings {

  private EngineSettings() {}

  /** The settings of a store. */
  public static StoreSettings of(
      String name,
      StoreConfig store,
      Duration timeout,
      Duration connectTimeout,
      int maxConnections) {
    return new StoreSettings(
        name,
        store.database(),
        store.login(),
        store.password().map(Secret::value).orElse(""),
        store.tls().filter(tls -> tls.mode() != StoreTlsMode.DISABLE).map(EngineSettings::tls),
        timeout,
        connectTimeout,
        maxConnections);
  }

  private static StoreTls tls(StoreTlsConfig tls) {
    return new StoreTls(
        Mode.valueOf(tls.mode().name()),
        tls.ca().map(FileName::path),
        tls.serverName(),
        tls.certificate().map(FileName::path),
        tls.key().map(FileName::path));
  }
}
