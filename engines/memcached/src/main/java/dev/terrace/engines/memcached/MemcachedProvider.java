package dev.terrace.engines.memcached;

import dev.terrace.engine.EngineProvider;
import dev.terrace.engine.SharedCache;
import dev.terrace.engine.StoreSettings;
import java.util.Optional;

/** Offers Memcached under the name {@code memcached}. */
public final class MemcachedProvider implements EngineProvider {

  @Override
  public String name() {
    return "memcached";
  }

  /**
   * A cache.
   *
   * @throws IllegalArgumentException if the settings ask for what Terrace does not do with a
   *     Memcached
   */
  @Override
  public Optional<SharedCache> cache(StoreSettings settings) {
    refuse(settings, !settings.user().isEmpty(), "user");
    refuse(settings, !settings.password().isEmpty(), "password");
    refuse(settings, !settings.database().isEmpty(), "database");
    refuse(settings, settings.tls().isPresent(), "tls");
    return Optional.of(new MemcachedCache(settings));
  }

  private static void refuse(StoreSettings settings, boolean asked, String what) {
    if (asked) {
      throw new IllegalArgumentException(
          "store '"
              + settings.store()
              + "': Terrace speaks to a Memcached in clear text and without a login; leave '"
              + what
              + "' out, and keep its port from others");
    }
  }
}
