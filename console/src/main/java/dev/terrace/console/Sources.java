package dev.terrace.console;

import dev.terrace.config.TerraceConfig;
import dev.terrace.console.reshard.Reshard;
import dev.terrace.core.freshness.Replication;
import dev.terrace.core.pool.Memberships;
import dev.terrace.core.pool.Pools;
import dev.terrace.net.discovery.Discovery;
import dev.terrace.net.discovery.Drains;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What the running system gives to the console, and lets it do. All methods may block. */
public interface Sources {

  /** The file that is served by now. */
  TerraceConfig file();

  /** All pools. */
  Pools pools();

  /** Who belongs to the pools, and what operators may change of it. */
  Memberships memberships();

  /** Takes members out of rotation and puts them back. */
  Drains drains();

  /**
   * How the discovery of a pool's members goes; empty of a pool whose members are not looked for.
   */
  Optional<Discovery.Status> discovery(String pool);

  /** What is not there yet or no more, one line each for people; empty when ready. */
  List<String> missing();

  /** When the process started. */
  Instant started();

  /** The version of Terrace. */
  String version();

  /** Who is primary of the stores' shards, and how far the replicas are. */
  Replication replication();

  /**
   * Reads the file again and serves by it.
   *
   * @return the problems that kept it from being applied; empty if it was
   */
  List<String> reload();

  /**
   * Drops what the caches hold of these keys.
   *
   * @param pattern a key, or a prefix that ends in {@code *}
   * @return how many entries were dropped
   */
  long purge(String pattern);

  /** Makes another server of a shard its primary; it blocks until that is done or refused. */
  Failover failover(Failover.Request request);

  /** Looks at a resharding, begins it or undoes it; it goes on after this has returned. */
  Reshard.Status reshard(Reshard.Request request);

  /** How far the last resharding is. */
  Reshard.Status resharding();

  /** The writes of the key-value front that stores refuse. */
  RefusedWrites refusedWrites();

  /** Looks into the SQL front and operates it. */
  SqlOperation sql();

  /** Whether everything that the file asks for is there. */
  default boolean ready() {
    return missing().isEmpty();
  }
}
