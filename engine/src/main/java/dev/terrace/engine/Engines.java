package dev.terrace.engine;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.function.Function;

/** The engines that this installation has, by name. */
public final class Engines {

  private final Map<String, EngineProvider> providers;

  private Engines(Map<String, EngineProvider> providers) {
    this.providers = providers;
  }

  /** All that are on the class or module path. */
  public static Engines installed() {
    Map<String, EngineProvider> found = new LinkedHashMap<>();
    ServiceLoader.load(EngineProvider.class).forEach(p -> found.put(p.name(), p));
    return new Engines(found);
  }

  /**
   * An engine of that kind for the tables of one store.
   *
   * @throws IllegalArgumentException if this installation has no such engine
   */
  public Engine open(String name, StoreSettings settings) {
    return opened(name, "holds tables", p -> p.open(settings));
  }

  /**
   * A store of that kind as a cache.
   *
   * @throws IllegalArgumentException if this installation has no such engine
   */
  public SharedCache cache(String name, StoreSettings settings) {
    return opened(name, "is a cache", p -> p.cache(settings));
  }

  /**
   * The announcements of a store of that kind.
   *
   * @throws IllegalArgumentException if this installation has no such engine
   */
  public Announcements announcements(String name, StoreSettings settings) {
    return opened(name, "passes messages on", p -> p.announcements(settings));
  }

  private <T> T opened(String name, String does, Function<EngineProvider, Optional<T>> open) {
    EngineProvider provider = providers.get(name);
    if (provider == null) {
      throw new IllegalArgumentException(
          "this installation has no engine '" + name + "', only " + providers.keySet());
    }
    return open.apply(provider)
        .orElseThrow(() -> new IllegalArgumentException("no engine '" + name + "' " + does));
  }
}
