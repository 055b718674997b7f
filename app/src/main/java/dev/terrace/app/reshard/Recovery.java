package dev.terrace.app.reshard;

import dev.terrace.config.StoreConfig;
import dev.terrace.config.TerraceConfig;
import dev.terrace.core.pool.Address;
import dev.terrace.engine.EngineFailure;
import dev.terrace.engines.postgresql.PostgresReshard;
import dev.terrace.kv.data.EngineSettings;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/**
 * Ends a deletion of rows that have left, which a crash has left prepared on a shard that serves
 * on: if the file that is served is the one that it was for, they have left.
 */
record Recovery(Surroundings surroundings, String store, StoreConfig config, String id)
    implements Runnable {

  private static final System.Logger LOG = System.getLogger(Recovery.class.getName());
  private static final Duration STEP_TIMEOUT = Duration.ofSeconds(10);
  private static final long PATIENCE_NANOS = Duration.ofMinutes(1).toNanos();
  private static final long AGAIN_NANOS = Duration.ofMillis(20).toNanos();

  static Recovery of(Surroundings surroundings, String store) {
    TerraceConfig file = surroundings.file();
    return new Recovery(
        surroundings,
        store,
        Objects.requireNonNull(file.databases().get(store)),
        ReshardPlan.id(file, store));
  }

  @Override
  public void run() {
    PostgresReshard steps =
        new PostgresReshard(EngineSettings.of(store, config, STEP_TIMEOUT, STEP_TIMEOUT, 1), id);
    for (int shard = 0; shard < config.shards().size(); shard++) {
      Optional<Address> primary = primary(shard);
      if (primary.isEmpty()) {
        continue;
      }
      try {
        if (steps.endFarewell(primary.get(), true)) {
          LOG.log(
              System.Logger.Level.INFO,
              "store {0}: removed from shard {1} what had left it before a restart",
              store,
              Integer.toString(shard));
        }
      } catch (EngineFailure e) {
        LOG.log(System.Logger.Level.WARNING, "store {0}: {1}", store, e.reason());
      }
    }
  }

  private Optional<Address> primary(int shard) {
    long end = System.nanoTime() + PATIENCE_NANOS;
    Optional<Address> primary = surroundings.primary(store, shard);
    while (primary.isEmpty()
        && System.nanoTime() - end < 0
        && !Thread.currentThread().isInterrupted()) {
      LockSupport.parkNanos(AGAIN_NANOS);
      primary = surroundings.primary(store, shard);
    }
    return primary;
  }
}
