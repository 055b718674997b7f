package dev.terrace.engines.redis;

import dev.terrace.engine.Announcements;
import dev.terrace.engine.EngineProvider;
import dev.terrace.engine.SharedCache;
import dev.terrace.engine.StoreSettings;
import java.util.Optional;

/** Offers Valkey under the name {@code valkey}; it speaks as Redis does. */
public final class ValkeyProvider implements EngineProvider {

  @Override
  public String name() {
    return "valkey";
  }

  @Override
  public Optional<SharedCache> cache(StoreSettings settings) {
    return Optional.of(new RedisCache(settings));
  }

  @Override
  public Optional<Announcements> announcements(StoreSettings settings) {
    return Optional.of(new RedisAnnouncements(settings));
  }
}
