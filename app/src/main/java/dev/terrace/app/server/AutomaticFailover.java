package dev.terrace.app.server;

import dev.terrace.config.StoreConfig;
import dev.terrace.config.StoreConfig.FailoverMode;
import dev.terrace.config.TerraceConfig;
import dev.terrace.console.Failover;
import dev.terrace.core.freshness.Promotion;
import dev.terrace.core.freshness.Role;
import dev.terrace.core.freshness.ShardRoles;
import dev.terrace.core.freshness.StoreRoles;
import dev.terrace.core.freshness.StoreRoles.Shard;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** Promotes replicas of stores with {@code failover: automatic} whose primaries are gone. */
final class AutomaticFailover implements AutoCloseable {

  private static final System.Logger LOG = System.getLogger(AutomaticFailover.class.getName());

  private static final Duration LOOK_EVERY = Duration.ofMillis(250);

  private final Supplier<TerraceConfig> file;
  private final StoreRoles roles;
  private final Failovers failovers;
  private final Map<Shard, Long> silentSince = new HashMap<>();
  private final Map<Shard, String> told = new HashMap<>();
  private final Thread thread = Thread.ofVirtual().name("automatic-failover").unstarted(this::run);

  AutomaticFailover(Supplier<TerraceConfig> file, StoreRoles roles, Failovers failovers) {
    this.file = file;
    this.roles = roles;
    this.failovers = failovers;
  }

  void start() {
    thread.start();
  }

  private void run() {
    try {
      while (!Thread.currentThread().isInterrupted()) {
        TerraceConfig now = file.get();
        now.databases()
            .forEach((name, store) -> {
              for (int shard = 0; shard < store.shards().size(); shard++) {
                look(now, store, new Shard(name, shard));
              }
            });
        Thread.sleep(LOOK_EVERY);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void look(TerraceConfig now, StoreConfig store, Shard shard) {
    Optional<ShardRoles> known = roles.of(shard.store(), shard.number());
    boolean silent =
        known.isPresent()
            && known.get().role(known.get().place()).kind() == Role.Kind.SILENT
            && known.get().timeline() > 0;
    if (store.failover() != FailoverMode.AUTOMATIC || !silent) {
      silentSince.remove(shard);
      told.remove(shard);
      return;
    }
    long since = silentSince.computeIfAbsent(shard, s -> System.nanoTime());
    Duration sofar = Duration.ofNanos(System.nanoTime() - since);
    long bytes = store.reads().maxLagBytes().map(size -> size.bytes()).orElse(0L);
    switch (Promotion.automatic(known.get(), sofar, store.automaticAfter(), bytes)) {
      case Promotion.Not(String reason) -> {
        boolean due = sofar.compareTo(store.automaticAfter()) >= 0;
        if (due && !reason.equals(told.put(shard, reason))) {
          LOG.log(System.Logger.Level.WARNING, "{0}: no automatic failover: {1}", shard, reason);
        }
      }
      case Promotion.Of(String server, long lacking) -> promote(now, shard, server);
    }
  }

  private void promote(TerraceConfig now, Shard shard, String server) {
    Failover outcome =
        failovers.run(
            now,
            new Failover.Request(shard.store(), shard.number(), Optional.of(server), true, true));
    LOG.log(System.Logger.Level.WARNING, "{0}: automatic failover: {1}", shard, outcome);
    // Whatever came of it: the next try comes after the same patience.
    silentSince.remove(shard);
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
