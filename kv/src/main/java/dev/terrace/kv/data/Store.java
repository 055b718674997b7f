package dev.terrace.kv.data;

import dev.terrace.config.StoreConfig;
import dev.terrace.engine.Engine;

/** A store with the engine that speaks to its servers. */
public record Store(String name, StoreConfig config, Engine engine) {

  /** How many shards it has. */
  public int shards() {
    return config.shards().size();
  }
}
