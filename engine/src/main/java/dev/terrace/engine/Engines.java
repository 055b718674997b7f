package dev.terrace.engine;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.ServiceLoader;

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
   * An engine of that kind for one store.
   *
   * @throws IllegalArgumentException if this installation has no such engine
   */
  public Engine open(String name, StoreSettings settings) {
    EngineProvider provider = providers.get(name);
    if (provider == null) {
      throw new IllegalArgumentException(
          "this installation has no engine '" + name + "', only " + providers.keySet());
    }
    return provider.open(settings);
  }
}
