package dev.terrace.app.reshard;

import dev.terrace.app.reshard.ReshardPlan.Way;
import dev.terrace.console.reshard.Reshard.Phase;
import dev.terrace.core.pool.Address;
import dev.terrace.engine.EngineFailure;
import dev.terrace.engines.postgresql.Farewell;
import dev.terrace.engines.postgresql.ReshardTable;
import dev.terrace.engines.postgresql.ReshardTarget;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The moment at which the new shards take over: all statements wait, what is committed arrives, and
 * the new file takes the place of the one before. That is the decision: whatever breaks before
 * leaves the old shards in force, whatever breaks after it the new ones.
 */
final class CutOver {

  private static final Duration PRIMARIES_PATIENCE = Duration.ofSeconds(10);

  private final Surroundings surroundings;
  private final Progress progress;
  private final ReshardPlan plan;
  private final Shards shards;
  private final Path next;

  CutOver(
      Surroundings surroundings, Progress progress, ReshardPlan plan, Shards shards, Path next) {
    this.surroundings = surroundings;
    this.progress = progress;
    this.plan = plan;
    this.shards = shards;
    this.next = next;
  }

  void run() throws ReshardRefusal, EngineFailure, InterruptedException {
    progress.phase(Phase.CUTTING_OVER, "holding statements back");
    Duration waited =
        new Stillness(surroundings, shards, plan.store())
            .during(
                true, this::takeOver, ", or are prepared and not ended: see to them and ask again");
    progress.paused(waited.toMillis());
  }

  private void takeOver() throws ReshardRefusal, EngineFailure {
    Map<Integer, ReshardTarget> targets = shards.targets();
    Map<String, Long> sequences = shards.steps().sequences(shards.primaries());
    for (Way way : plan.ways().keySet()) {
      Shards.get(targets, way.to()).stop(way.from(), way.to());
    }
    for (ReshardTarget target : targets.values()) {
      target.advance(sequences);
    }
    List<Farewell> farewells = new ArrayList<>();
    boolean decided = false;
    try {
      for (int shard : plan.staying().keySet()) {
        farewell(shard).ifPresent(farewells::add);
      }
      List<String> problems = surroundings.replace(next);
      if (!problems.isEmpty()) {
        throw new ReshardRefusal(problems);
      }
      decided = true;
      for (Farewell farewell : farewells) {
        farewell.commit();
      }
    } finally {
      farewells.forEach(Farewell::close);
      if (!decided) {
        shards.undoFarewells();
      }
    }
    if (!surroundings.awaitPrimaries(plan.store(), PRIMARIES_PATIENCE)) {
      progress.note("some of the new shards are not known to be up yet: see terrace status");
    }
  }

  private Optional<Farewell> farewell(int shard) throws ReshardRefusal, EngineFailure {
    List<ReshardTable> losing = plan.losing(shard);
    if (losing.isEmpty()) {
      return Optional.empty();
    }
    progress.phase(Phase.CUTTING_OVER, "deleting what has left shard " + shard);
    Address server = shards.primaryToBe(shard);
    shards.steps().source(server).hash(losing);
    return Optional.of(shards.steps().farewell(server, losing, shard));
  }
}
