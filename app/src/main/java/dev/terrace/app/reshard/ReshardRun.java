package dev.terrace.app.reshard;

import dev.terrace.app.reshard.ReshardPlan.Way;
import dev.terrace.console.reshard.Reshard.Phase;
import dev.terrace.engine.EngineFailure;
import dev.terrace.engines.postgresql.ReshardSource;
import dev.terrace.engines.postgresql.ReshardTable;
import dev.terrace.engines.postgresql.ReshardTarget;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** One resharding from its first step to its last. */
final class ReshardRun {

  private static final Duration LOOK_EVERY = Duration.ofMillis(200);

  /** What may be on its way when the cut-over begins; it must arrive while statements wait. */
  private static final long LAG_BYTES_MAX = 1 << 20;

  private final Surroundings surroundings;
  private final Progress progress;
  private final Path next;
  private final ReshardPlan asked;

  ReshardRun(Surroundings surroundings, Progress progress, ReshardPlan plan, Path next) {
    this.surroundings = surroundings;
    this.progress = progress;
    this.asked = plan;
    this.next = next;
  }

  /** Does it all. */
  void go(boolean check) throws ReshardRefusal, EngineFailure, InterruptedException {
    progress.phase(Phase.PREPARING, "looking at the servers");
    ReshardPlan plan = ofTablesThatAre();
    Shards shards = new Shards(surroundings, plan);
    shards.undoFarewells();
    refuseProblems(plan, shards);
    // By the numbers of now, before they may be others'.
    Map<Integer, ReshardSource> sources = shards.sources();
    for (Set<Integer> targets : waves(shards.targets())) {
      ReshardPlan part = plan.onlyTo(targets);
      progress.phase(Phase.PREPARING, "publishing what moves");
      publish(part, shards);
      progress.phase(Phase.COPYING, "copying rows");
      copy(part, shards);
    }
    if (check) {
      progress.phase(Phase.CHECKING, "comparing both sides");
      Stillness stillness = new Stillness(surroundings, shards, plan.store());
      new Comparison(stillness, progress, plan, shards).run();
    }
    new CutOver(surroundings, progress, plan, shards, next).run();
    progress.phase(Phase.CLEANING_UP, "removing what is not needed any more");
    cleanUp(shards.targets(), sources);
    progress.end(Phase.DONE, "the rows are where the file says");
  }

  /** Targets that may copy at the same time, one group after the other. */
  private static List<Set<Integer>> waves(Map<Integer, ReshardTarget> targets)
      throws EngineFailure {
    Map<String, Integer> seen = new HashMap<>();
    List<Set<Integer>> waves = new ArrayList<>();
    for (Map.Entry<Integer, ReshardTarget> target : targets.entrySet()) {
      int wave = seen.merge(target.getValue().systemIdentifier(), 1, Integer::sum) - 1;
      if (wave == waves.size()) {
        waves.add(new TreeSet<>());
      }
      waves.get(wave).add(target.getKey());
    }
    return waves;
  }

  /** Tables that a file names and nobody has made yet do not move. */
  private ReshardPlan ofTablesThatAre() throws ReshardRefusal, EngineFailure {
    Shards shards = new Shards(surroundings, asked);
    Set<String> there = new TreeSet<>();
    List<String> problems = new ArrayList<>();
    for (Map.Entry<Integer, ReshardSource> source : shards.sources().entrySet()) {
      List<String> here = source.getValue().tables();
      there.addAll(here);
      boolean leaves = asked.resharding().leaving().contains(source.getKey());
      for (String table : here) {
        if (leaves && !asked.resharding().tables().containsKey(table)) {
          problems.add(
              "table "
                  + table
                  + " on "
                  + source.getValue().server()
                  + " is not in the file: say under tables where it is to be");
        }
      }
    }
    if (!problems.isEmpty()) {
      throw new ReshardRefusal(problems);
    }
    Set<String> missing = new TreeSet<>(asked.resharding().tables().keySet());
    missing.removeAll(there);
    if (!missing.isEmpty()) {
      progress.note("not there yet, so nothing of them moves: " + String.join(", ", missing));
    }
    return asked.without(missing);
  }

  private static void refuseProblems(ReshardPlan plan, Shards shards)
      throws ReshardRefusal, EngineFailure {
    List<String> problems = new ArrayList<>();
    Map<Integer, ReshardSource> sources = shards.sources();
    for (Map.Entry<Integer, ReshardSource> source : sources.entrySet()) {
      boolean stays = plan.staying().containsValue(source.getKey());
      problems.addAll(source.getValue().problems(stays));
    }
    Map<Integer, ReshardTarget> targets = shards.targets();
    for (Map.Entry<Way, List<ReshardTable>> way : plan.ways().entrySet()) {
      problems.addAll(
          Shards.get(targets, way.getKey().to())
              .problems(shards.primary(way.getKey().from()), way.getValue()));
    }
    if (!problems.isEmpty()) {
      throw new ReshardRefusal(problems);
    }
  }

  private static void publish(ReshardPlan plan, Shards shards)
      throws ReshardRefusal, EngineFailure {
    Map<Integer, ReshardSource> sources = shards.sources();
    Map<Integer, ReshardTarget> targets = shards.targets();
    for (Map.Entry<Way, List<ReshardTable>> entry : plan.ways().entrySet()) {
      Way way = entry.getKey();
      ReshardSource source = Shards.get(sources, way.from());
      source.publish(way.from(), way.to(), entry.getValue());
      Shards.get(targets, way.to()).subscribe(way.from(), source.server(), way.to());
    }
  }

  private void copy(ReshardPlan plan, Shards shards)
      throws ReshardRefusal, EngineFailure, InterruptedException {
    Map<Integer, ReshardSource> sources = shards.sources();
    Map<Integer, ReshardTarget> targets = shards.targets();
    boolean copied = false;
    while (!copied) {
      copied = true;
      for (Way way : plan.ways().keySet()) {
        ReshardTarget target = Shards.get(targets, way.to());
        ReshardTarget.Progress now = target.progress(way.from(), way.to());
        if (now.failed()) {
          throw new ReshardRefusal(
              target.server()
                  + " has stopped to take rows from "
                  + Shards.get(sources, way.from()).server()
                  + ": its log says why (such as a key that both sides have); mend it and ask"
                  + " again, or terrace reshard --abort");
        }
        long lag = Shards.get(sources, way.from()).lag(way.from(), way.to());
        progress.copied(way, now.tables(), now.copied(), lag);
        copied = copied && now.isCopied() && lag <= LAG_BYTES_MAX;
      }
      if (!copied) {
        Thread.sleep(LOOK_EVERY);
      }
    }
  }

  private static void cleanUp(
      Map<Integer, ReshardTarget> targets, Map<Integer, ReshardSource> sources)
      throws EngineFailure {
    for (ReshardTarget target : targets.values()) {
      target.cleanUp();
    }
    for (ReshardSource source : sources.values()) {
      source.cleanUp();
    }
  }

  /** Undoes it. */
  void abort() throws ReshardRefusal, EngineFailure {
    progress.phase(Phase.CLEANING_UP, "undoing what was begun");
    ReshardPlan plan = ofTablesThatAre();
    Shards shards = new Shards(surroundings, plan);
    shards.undoFarewells();
    Map<Integer, ReshardTarget> targets = shards.targets();
    Map<Integer, List<ReshardTable>> filled = new LinkedHashMap<>();
    plan.ways()
        .forEach((way, tables) ->
            filled.computeIfAbsent(way.to(), to -> new ArrayList<>()).addAll(tables));
    for (Map.Entry<Integer, ReshardTarget> target : targets.entrySet()) {
      if (target.getValue().hasBegun()) {
        target.getValue().cleanUp();
        target.getValue().empty(Shards.get(filled, target.getKey()));
      }
    }
    cleanUp(targets, shards.sources());
    progress.end(Phase.ABORTED, "undone: what was served before is");
  }
}
