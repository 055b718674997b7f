package dev.terrace.engines.postgresql;

import dev.terrace.engine.Engine;
import dev.terrace.engine.EngineProvider;
import dev.terrace.engine.StoreSettings;
import java.util.Optional;

/** Offers PostgreSQL under the name {@code postgresql}. */
public final class PostgresProvider implements EngineProvider {

  @Override
  public String name() {
    return "postgresql";
  }

  @Override
  public Optional<Engine> open(StoreSettings settings) {
    return Optional.of(new PostgresEngine(settings));
  }
}
