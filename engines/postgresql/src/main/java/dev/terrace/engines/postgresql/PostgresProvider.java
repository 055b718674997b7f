package dev.terrace.engines.postgresql;

import dev.terrace.engine.Engine;
import dev.terrace.engine.EngineProvider;
import dev.terrace.engine.StoreSettings;

/** Offers PostgreSQL under the name {@code postgresql}. */
public final class PostgresProvider implements EngineProvider {

  @Override
  public String name() {
    return "postgresql";
  }

  @Override
  public Engine open(StoreSettings settings) {
    return new PostgresEngine(settings);
  }
}
