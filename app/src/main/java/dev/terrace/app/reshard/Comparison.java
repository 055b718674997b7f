package dev.terrace.app.reshard;

import dev.terrace.app.reshard.ReshardPlan.Way;
import dev.terrace.core.pool.Address;
import dev.terrace.engine.EngineFailure;
import dev.terrace.engines.postgresql.ReshardTable;
import dev.terrace.engines.postgresql.TableSums;
import dev.terrace.engines.postgresql.TableSums.Sum;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Compares what has left with what has arrived, in pictures of all servers that are taken at one
 * moment while writes wait; the counting goes on while they run again.
 */
final class Comparison {

  private final Stillness stillness;
  private final Progress progress;
  private final ReshardPlan plan;
  private final Shards shards;

  Comparison(Stillness stillness, Progress progress, ReshardPlan plan, Shards shards) {
    this.stillness = stillness;
    this.progress = progress;
    this.plan = plan;
    this.shards = shards;
  }

  void run() throws ReshardRefusal, EngineFailure, InterruptedException {
    Map<Address, TableSums> pictures = new LinkedHashMap<>();
    try {
      Duration waited =
          stillness.during(
              false,
              () -> take(pictures),
              ", so that both sides cannot be compared: end them and ask again, or skip the"
                  + " comparison (--no-check)");
      progress.note(
          "writes waited for " + waited.toMillis() + " ms so that both sides could be compared");
      compare(pictures);
    } finally {
      pictures.values().forEach(TableSums::close);
    }
  }

  private void take(Map<Address, TableSums> pictures) throws ReshardRefusal, EngineFailure {
    for (Way way : plan.ways().keySet()) {
      for (Address server : List.of(shards.primary(way.from()), shards.primaryToBe(way.to()))) {
        if (!pictures.containsKey(server)) {
          pictures.put(server, shards.steps().sums(server));
        }
      }
    }
  }

  private void compare(Map<Address, TableSums> pictures) throws ReshardRefusal, EngineFailure {
    Map<String, Sum> left = new TreeMap<>();
    Map<String, Sum> arrived = new TreeMap<>();
    for (Map.Entry<Way, List<ReshardTable>> entry : plan.ways().entrySet()) {
      Way way = entry.getKey();
      Address to = shards.primaryToBe(way.to());
      for (ReshardTable table : entry.getValue()) {
        String what = "table " + table.name() + " of " + to;
        Sum sum = Shards.get(pictures, shards.primary(way.from())).of(table, way.to());
        left.merge(what, sum, Sum::plus);
        if (!arrived.containsKey(what)) {
          arrived.put(what, Shards.get(pictures, to).of(table));
        }
      }
    }
    List<String> problems = new ArrayList<>();
    long rows = 0;
    for (Map.Entry<String, Sum> expected : left.entrySet()) {
      Sum found = Shards.get(arrived, expected.getKey());
      rows += found.rows();
      if (found.rows() != expected.getValue().rows()) {
        problems.add(
            expected.getKey()
                + " has "
                + found.rows()
                + " rows, and "
                + expected.getValue().rows()
                + " were to come");
      } else if (found.hash().compareTo(expected.getValue().hash()) != 0) {
        problems.add(expected.getKey() + " has as many rows as were to come, and others");
      }
    }
    if (!problems.isEmpty()) {
      throw new ReshardRefusal(problems);
    }
    progress.note(rows + " rows compared: equal");
  }
}
