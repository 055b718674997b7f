package dev.terrace.app.reshard;

import dev.terrace.app.reshard.ReshardPlan.Way;
import dev.terrace.console.reshard.Reshard;
import dev.terrace.console.reshard.Reshard.Phase;
import dev.terrace.console.reshard.Reshard.Status;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How far a resharding is; written by its thread, read by others. */
final class Progress {

  private static final System.Logger LOG = System.getLogger(Progress.class.getName());

  private final Map<Way, Reshard.Flow> flows = new LinkedHashMap<>();
  private final List<String> notes = new ArrayList<>();
  private Status status = Status.NONE;

  synchronized Status status() {
    return status;
  }

  /** One is looked at. */
  synchronized void begin(ReshardPlan plan) {
    flows.clear();
    notes.clear();
    plan.ways()
        .forEach((way, tables) -> {
          String from =
              plan.store()
                  + "/"
                  + way.from()
                  + " at "
                  + plan.before().shards().get(way.from()).primary();
          String to =
              plan.store()
                  + "/"
                  + way.to()
                  + " at "
                  + plan.after().shards().get(way.to()).primary();
          flows.put(way, new Reshard.Flow(from, to, tables.size(), 0, null));
        });
    plan.staying()
        .keySet()
        .forEach(shard -> {
          if (!plan.losing(shard).isEmpty()) {
            note(
                plan.store()
                    + "/"
                    + shard
                    + " serves on; what has left it is deleted there while statements wait");
          }
        });
    plan.resharding()
        .leaving()
        .forEach(shard ->
            note(
                plan.store()
                    + "/"
                    + shard
                    + " at "
                    + plan.before().shards().get(shard).primary()
                    + " serves no more afterwards; its rows stay there"));
    set(Phase.PLANNED, plan.store(), true, "looked at", List.of(), null);
  }

  /** Something that an operator should know. */
  synchronized void note(String note) {
    notes.add(note);
  }

  /** A phase begins. */
  synchronized void phase(Phase phase, String message) {
    LOG.log(System.Logger.Level.INFO, "resharding {0}: {1}", status.store(), message);
    set(phase, status.store(), true, message, List.of(), status.pausedMillis());
  }

  /** What a shard has of what comes from another. */
  synchronized void copied(Way way, int tables, int copied, long lagBytes) {
    flows.computeIfPresent(
        way, (w, flow) -> new Reshard.Flow(flow.from(), flow.to(), tables, copied, lagBytes));
    set(status.phase(), status.store(), true, status.message(), List.of(), null);
  }

  /** Statements have waited for that long. */
  synchronized void paused(long millis) {
    set(status.phase(), status.store(), true, status.message(), List.of(), millis);
  }

  /** It is over. */
  synchronized void end(Phase phase, String message) {
    LOG.log(System.Logger.Level.INFO, "resharding {0}: {1}", status.store(), message);
    set(phase, status.store(), false, message, List.of(), status.pausedMillis());
  }

  /** It has stopped. */
  synchronized void fail(List<String> problems) {
    LOG.log(
        System.Logger.Level.WARNING,
        "resharding {0} has stopped: {1}",
        status.store(),
        String.join("; ", problems));
    set(
        Phase.FAILED,
        status.store(),
        false,
        "stopped while " + status.message(),
        problems,
        status.pausedMillis());
  }

  private void set(
      Phase phase,
      String store,
      boolean running,
      String message,
      List<String> problems,
      @Nullable Long pausedMillis) {
    status =
        new Status(
            phase,
            store,
            running,
            message,
            List.copyOf(flows.values()),
            problems,
            notes,
            pausedMillis);
  }
}
