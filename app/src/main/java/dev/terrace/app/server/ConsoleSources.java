package dev.terrace.app.server;

import dev.terrace.config.TerraceConfig;
import dev.terrace.console.Failover;
import dev.terrace.console.RefusedWrites;
import dev.terrace.console.Sources;
import dev.terrace.console.SqlOperation;
import dev.terrace.console.reshard.Reshard;
import dev.terrace.core.freshness.Replication;
import dev.terrace.core.pool.Memberships;
import dev.terrace.core.pool.Pool;
import dev.terrace.core.pool.Pools;
import dev.terrace.net.discovery.Discovery;
import dev.terrace.net.discovery.Drains;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What the console shows and may do of a running Terrace. */
final class ConsoleSources implements Sources {

  private final Terrace terrace;
  private final Instant started = Instant.now();

  /** Once ready, always ready: a later outage is the health checks' to tell, not a restart's. */
  private volatile boolean ready;

  ConsoleSources(Terrace terrace) {
    this.terrace = terrace;
  }

  @Override
  public TerraceConfig file() {
    return terrace.file();
  }

  @Override
  public Pools pools() {
    return terrace.pools();
  }

  @Override
  public Memberships memberships() {
    return terrace.memberships();
  }

  @Override
  public Drains drains() {
    return terrace.drains();
  }

  @Override
  public Optional<Discovery.Status> discovery(String pool) {
    return terrace.discovery().status(pool);
  }

  @Override
  public List<String> missing() {
    if (terrace.closing()) {
      return List.of("it is stopping");
    }
    if (ready) {
      return List.of();
    }
    if (!terrace.checkedOnce()) {
      return List.of("some members were not checked yet");
    }
    List<String> missing = new ArrayList<>();
    for (Pool pool : terrace.pools().all()) {
      Optional<String> unfound =
          terrace.discovery().status(pool.name()).flatMap(Discovery.Status::failure);
      if (pool.snapshot().members().isEmpty() && unfound.isPresent()) {
        missing.add("pool " + pool.name() + ": " + unfound.get());
      }
      boolean hasMembers = !pool.snapshot().members().isEmpty();
      if (hasMembers && pool.snapshot().available().isEmpty()) {
        missing.add("pool " + pool.name() + ": no member is up");
      }
    }
    ready = missing.isEmpty();
    return missing;
  }

  @Override
  public Instant started() {
    return started;
  }

  @Override
  public String version() {
    return Version.current();
  }

  @Override
  public Failover failover(Failover.Request request) {
    return terrace.failover(request);
  }

  @Override
  public Reshard.Status reshard(Reshard.Request request) {
    return terrace.resharder().ask(request);
  }

  @Override
  public Reshard.Status resharding() {
    return terrace.resharder().status();
  }

  @Override
  public SqlOperation sql() {
    return terrace.sql();
  }

  @Override
  public Replication replication() {
    return terrace.replication();
  }

  @Override
  public List<String> reload() {
    return terrace.reload();
  }

  @Override
  public long purge(String pattern) {
    return terrace.kv().purge(pattern);
  }

  @Override
  public RefusedWrites refusedWrites() {
    return new KvRefusedWrites(terrace.kv().back());
  }
}
