package dev.terrace.engine;

/** What an engine's module declares, so that {@link Engines} finds it. */
public interface EngineProvider {

  /** The engine's name in the file: {@code postgresql}. */
  String name();

  /** An engine for one store; connects to nothing yet. */
  Engine open(StoreSettings settings);
}
