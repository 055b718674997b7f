package dev.terrace.engine;

import java.util.Optional;

/** What an engine's module declares, so that {@link Engines} finds it. */
public interface EngineProvider {

  /** The engine's name in the file: {@code postgresql}. */
  String name();

  /** Rows of one store, if it holds tables; connects to nothing yet. */
  default Optional<Engine> open(StoreSettings settings) {
    return Optional.empty();
  }

  /** One store as a cache, if it is one; connects to nothing yet. */
  default Optional<SharedCache> cache(StoreSettings settings) {
    return Optional.empty();
  }

  /** The announcements of one store, if it passes messages on; connects to nothing yet. */
  default Optional<Announcements> announcements(StoreSettings settings) {
    return Optional.empty();
  }
}
