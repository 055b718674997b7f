package dev.terrace.engines.postgresql;

import dev.terrace.core.pool.Address;
import dev.terrace.engine.EngineFailure;
import dev.terrace.engine.StoreSettings;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The steps by which a store's rows come to other shards while it serves, each a few statements to
 * one server; they block. In which order they are taken, and what follows if one fails, is the
 * caller's.
 *
 * @see <a href="https://www.postgresql.org/docs/current/logical-replication.html">Logical
 *     replication</a>
 */
public final class PostgresReshard {

  private final Steps steps;
  private final ReshardNames names;

  /**
   * Of a store.
   *
   * @param settings with a timeout for one step
   * @param id tells this resharding from others, eight hexadecimal digits
   */
  public PostgresReshard(StoreSettings settings, String id) {
    this.steps = new Steps(settings);
    this.names = new ReshardNames(id);
  }

  /** A server that rows leave. */
  public ReshardSource source(Address primary) {
    return new ReshardSource(steps, names, primary);
  }

  /** A server that rows come to. */
  public ReshardTarget target(Address primary) {
    return new ReshardTarget(steps, names, primary);
  }

  /** Takes a picture of a server's data. */
  public TableSums sums(Address primary) throws EngineFailure {
    return TableSums.open(steps, primary);
  }

  /**
   * Deletes what has left a shard that serves on, to be committed.
   *
   * @param shard its number by the placements to come
   */
  public Farewell farewell(Address primary, List<ReshardTable> tables, int shard)
      throws EngineFailure {
    return Farewell.prepare(steps, names, primary, tables, shard);
  }

  /** Ends a {@link Farewell} that a crash has left; whether there was something. */
  public boolean endFarewell(Address primary, boolean commits) throws EngineFailure {
    return Farewell.end(steps, names, primary, commits);
  }

  /** The last number that any of the servers' sequences gave, by their quoted names. */
  public Map<String, Long> sequences(List<Address> primaries) throws EngineFailure {
    Map<String, Long> last = new LinkedHashMap<>();
    for (Address primary : primaries) {
      Map<String, Long> here =
          steps.on(primary, "reading its sequences", "SELECT on them", ReshardTarget::sequences);
      here.forEach((sequence, number) -> last.merge(sequence, number, Math::max));
    }
    return last;
  }
}
