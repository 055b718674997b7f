package dev.terrace.engines.redis;

import dev.terrace.engine.Announcements;
import dev.terrace.engine.EngineProvider;
import dev.terrace.engine.SharedCache;
import dev.terrace.engine.StoreSettings;
import java.util.Optional;

/** Offers Redis under the name {@code redis}. */
public class RedisProvider implements EngineProvider {

  @Override
  public String name() {
    return "redis";
  }

  @Override
  public final Optional<SharedCache> cache(StoreSettings settings) {
    return Optional.of(new RedisCache(settings));
  }

  @Override
  public final Optional<Announcements> announcements(StoreSettings settings) {
    return Optional.of(new RedisAnnouncements(settings));
  }
}
