package dev.terrace.kv.data;

import dev.terrace.config.StoreConfig;
import dev.terrace.engine.Engine;

/** A store with the engine that speaks to its servers. */
record Store(String name, StoreConfig config, Engine engine) {

  int shards() {
    return config.shards().size();
  }
}
