package dev.terrace.sql.session;

import dev.terrace.core.pool.Address;
import dev.terrace.core.signal.Counter;
import dev.terrace.core.signal.Metric;
import dev.terrace.core.signal.Signals;
import dev.terrace.sql.deadlock.WaitGraph;
import dev.terrace.sql.server.ServerQueries;
import dev.terrace.sql.server.ServerQueryException;
import dev.terrace.sql.wire.SqlError;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Finds transactions over several shards that wait for each other in a circle: each server sees
 * only its own part of it, and none of them a deadlock. While at least two such transactions have
 * had a statement under way for long, the servers are asked who waits for whom; of a circle the
 * transaction that began last is cancelled with 40P01, as PostgreSQL does.
 *
 * <p>Only what runs through this process is seen.
 */
final class DeadlockWatch implements AutoCloseable {

  private static final System.Logger LOG = System.getLogger(DeadlockWatch.class.getName());
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private static final SqlError DEADLOCK =
      SqlError.error(
          "40P01",
          "deadlock detected between transactions on several shards",
          "The transaction is rolled back; try it again.");

  private static final String WAITING =
      "select pid, array_to_string(pg_blocking_pids(pid), ',') from pg_stat_activity"
          + " where wait_event_type = 'Lock' and datname = current_database()";

  /** A session that may wait; those that have been at work for longer come first. */
  record Stuck(int pid, long rounds, long startedNanos, List<Backend> backends)
      implements Comparable<Stuck> {

    @Override
    public int compareTo(Stuck other) {
      return Comparator.comparingLong(Stuck::startedNanos)
          .thenComparingInt(Stuck::pid)
          .compare(this, other);
    }
  }

  /** A process of a server. */
  record Backend(Address server, int pid) {}

  private final Survey survey;
  private final ServerQueries queries;
  private final Supplier<Service> service;
  private final Counter found;
  private final Thread thread;
  private volatile boolean closed;

  DeadlockWatch(Survey survey, ServerQueries queries, Supplier<Service> service, Signals signals) {
    this.survey = survey;
    this.queries = queries;
    this.service = service;
    this.found = signals.counter(Metric.SQL_OVERDUE, "deadlock");
    this.thread = Thread.ofVirtual().name("sql-deadlocks").start(this::run);
  }

  private void run() {
    while (!closed) {
      try {
        Duration timeout = service.get().config().deadlockTimeout();
        Thread.sleep(timeout);
        look(timeout);
      } catch (InterruptedException e) {
        return;
      } catch (ExecutionException e) {
        LOG.log(System.Logger.Level.DEBUG, "sessions could not be looked at", e);
      }
    }
  }

  private void look(Duration timeout) throws ExecutionException, InterruptedException {
    if (service.get().members().shards() < 2) {
      return;
    }
    List<Stuck> stuck = survey.stuck(service.get().store(), timeout).get();
    // A circle over several servers passes through at least two who are on several.
    if (stuck.stream().filter(s -> s.backends().size() > 1).count() < 2) {
      return;
    }
    for (Stuck victim : graph(stuck).victims()) {
      found.increment();
      survey.cancel(victim, DEADLOCK);
    }
  }

  private WaitGraph<Stuck> graph(List<Stuck> stuck) {
    Map<Backend, Stuck> byBackend = new HashMap<>();
    Set<Address> servers = new HashSet<>();
    for (Stuck one : stuck) {
      for (Backend backend : one.backends()) {
        byBackend.put(backend, one);
        servers.add(backend.server());
      }
    }
    WaitGraph<Stuck> graph = new WaitGraph<>();
    for (Address server : servers) {
      waiting(server)
          .forEach((pid, blockers) -> {
            Stuck who = byBackend.get(new Backend(server, pid));
            for (int blocker : blockers) {
              Stuck forWhom = byBackend.get(new Backend(server, blocker));
              if (who != null && forWhom != null) {
                graph.waits(who, forWhom);
              }
            }
          });
    }
    return graph;
  }

  /** Which processes of a server wait, and for which. */
  private Map<Integer, List<Integer>> waiting(Address server) {
    Map<Integer, List<Integer>> waiting = new HashMap<>();
    try {
      for (List<@Nullable String> row : queries.ask(server, WAITING, PATIENCE).rows()) {
        List<Integer> blockers = new ArrayList<>();
        for (String pid : Optional.ofNullable(row.get(1)).orElse("").split(",", -1)) {
          if (!pid.isEmpty()) {
            blockers.add(Integer.parseInt(pid));
          }
        }
        waiting.put(Integer.parseInt(String.valueOf(row.get(0))), blockers);
      }
    } catch (ServerQueryException e) {
      LOG.log(System.Logger.Level.DEBUG, () -> server + " does not say who waits", e);
    }
    return waiting;
  }

  @Override
  public void close() {
    closed = true;
    thread.interrupt();
  }
}
