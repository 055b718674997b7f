package dev.terrace.app.reshard;

import dev.terrace.app.reshard.ReshardPlan.Way;
import dev.terrace.core.pool.Address;
import dev.terrace.engine.EngineFailure;
import dev.terrace.engines.postgresql.PostgresReshard;
import dev.terrace.engines.postgresql.ReshardSource;
import dev.terrace.engines.postgresql.ReshardTarget;
import dev.terrace.kv.data.EngineSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/** The servers that take part in a resharding: where rows come from and where they go. */
final class Shards {

  private static final Duration STEP_TIMEOUT = Duration.ofSeconds(30);

  private final Surroundings surroundings;
  private final ReshardPlan plan;
  private final PostgresReshard steps;

  Shards(Surroundings surroundings, ReshardPlan plan) {
    this.surroundings = surroundings;
    this.plan = plan;
    this.steps =
        new PostgresReshard(
            EngineSettings.of(plan.store(), plan.after(), STEP_TIMEOUT, STEP_TIMEOUT, 1),
            plan.id());
  }

  PostgresReshard steps() {
    return steps;
  }

  /** The primary of a shard that is. */
  Address primary(int shard) throws ReshardRefusal {
    return surroundings
        .primary(plan.store(), shard)
        .orElseThrow(() ->
            new ReshardRefusal("the primary of " + plan.store() + "/" + shard + " is not up"));
  }

  /** The primary of a shard that is to be. */
  Address primaryToBe(int shard) throws ReshardRefusal {
    Integer origin = plan.staying().get(shard);
    return origin == null ? plan.after().shards().get(shard).primary() : primary(origin);
  }

  /** Where rows leave, by the shards' numbers now. */
  Map<Integer, ReshardSource> sources() throws ReshardRefusal {
    TreeSet<Integer> numbers = new TreeSet<>(plan.staying().values());
    plan.ways().keySet().forEach(way -> numbers.add(way.from()));
    Map<Integer, ReshardSource> sources = new TreeMap<>();
    for (int number : numbers) {
      sources.put(number, steps.source(primary(number)));
    }
    return sources;
  }

  /** Where rows come to, by the shards' numbers then. */
  Map<Integer, ReshardTarget> targets() {
    Map<Integer, ReshardTarget> targets = new TreeMap<>();
    plan.ways()
        .keySet()
        .forEach(way ->
            targets.put(way.to(), steps.target(plan.after().shards().get(way.to()).primary())));
    return targets;
  }

  /** All primaries of now. */
  List<Address> primaries() throws ReshardRefusal {
    List<Address> primaries = new ArrayList<>();
    for (int shard = 0; shard < plan.before().shards().size(); shard++) {
      primaries.add(primary(shard));
    }
    return primaries;
  }

  /** Leaves what has left shards that stay there, if its deletion was prepared. */
  void undoFarewells() throws ReshardRefusal, EngineFailure {
    for (int shard : plan.staying().keySet()) {
      steps.endFarewell(primaryToBe(shard), false);
    }
  }

  /** Waits until nothing can be committed on the old shards any more; whether that came in time. */
  boolean awaitQuiet(Duration patience) throws ReshardRefusal, EngineFailure {
    long end = System.nanoTime() + patience.toNanos();
    for (ReshardSource source : sources().values()) {
      if (!source.awaitQuiet(Duration.ofNanos(end - System.nanoTime()))) {
        return false;
      }
    }
    return true;
  }

  /** Waits until all that is committed by now has arrived; whether it has in time. */
  boolean catchUp(Duration patience) throws ReshardRefusal, EngineFailure {
    Map<Integer, ReshardSource> sources = sources();
    Map<Integer, ReshardTarget> targets = targets();
    Map<Integer, Long> marks = new LinkedHashMap<>();
    for (Way way : plan.ways().keySet()) {
      if (!marks.containsKey(way.from())) {
        marks.put(way.from(), get(sources, way.from()).mark(way.from()));
      }
    }
    long end = System.nanoTime() + patience.toNanos();
    for (Way way : plan.ways().keySet()) {
      Duration left = Duration.ofNanos(end - System.nanoTime());
      if (!get(targets, way.to()).awaitMark(way.from(), get(marks, way.from()), left)) {
        return false;
      }
    }
    return true;
  }

  static <K, V> V get(Map<K, V> map, K key) {
    V value = map.get(key);
    if (value == null) {
      throw new IllegalStateException("no " + key + " in " + map.keySet());
    }
    return value;
  }
}
