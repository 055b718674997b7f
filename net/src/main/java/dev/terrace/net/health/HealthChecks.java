package dev.terrace.net.health;

import dev.terrace.core.health.HealthState;
import dev.terrace.core.health.ProbeResult;
import dev.terrace.core.pool.Member;
import dev.terrace.core.pool.MemberState;
import dev.terrace.core.pool.Pool;
import dev.terrace.core.signal.Metric;
import dev.terrace.core.signal.Signals;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Checks the members of pools, each on a virtual thread of its own, and tells the pools what was
 * found. Every check is shifted by a random tenth of its interval, so that they don't march in
 * step.
 */
public final class HealthChecks implements AutoCloseable {

  private static final System.Logger LOG = System.getLogger(HealthChecks.class.getName());

  /** How one pool's members are checked. */
  public record Plan(
      Pool pool, Probe probe, Duration every, Duration timeout, int rise, int fall) {}

  private record Target(String pool, Member member) {}

  private final class Task {
    final Plan plan;
    final Member member;
    final CompletableFuture<Void> first = new CompletableFuture<>();
    final Thread thread;
    private HealthState state = HealthState.UNTRIED;

    Task(Plan plan, Member member) {
      this.plan = plan;
      this.member = member;
      this.thread =
          Thread.ofVirtual()
              .name("health-" + plan.pool().name() + "-" + member.id())
              .unstarted(this::run);
    }

    void run() {
      try {
        while (!Thread.currentThread().isInterrupted()) {
          check();
          first.complete(null);
          long millis = plan.every().toMillis();
          Thread.sleep(millis + ThreadLocalRandom.current().nextLong(millis / 10 + 1));
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } finally {
        first.complete(null);
      }
    }

    private void check() throws InterruptedException {
      ProbeResult result;
      try {
        result = plan.probe().probe(member, plan.timeout());
      } catch (RuntimeException e) {
        LOG.log(System.Logger.Level.WARNING, "health check of " + member.id() + " broke", e);
        result = new ProbeResult.Failed("the check itself failed: " + e.getMessage());
      }
      String word = result instanceof ProbeResult.Passed ? "passed" : "failed";
      signals.counter(Metric.HEALTH_CHECKS, plan.pool().name(), member.id(), word).increment();
      HealthState before = state;
      state = before.after(result, plan.rise(), plan.fall());
      plan.pool()
          .setHealth(
              member.id(), state.healthy() ? MemberState.UP : MemberState.DOWN, state.reason());
      if (before.healthy() != state.healthy()) {
        LOG.log(
            state.healthy() ? System.Logger.Level.INFO : System.Logger.Level.WARNING,
            "pool {0}: {1} is {2}: {3}",
            plan.pool().name(),
            member.id(),
            state.healthy() ? "up" : "down",
            state.reason());
      }
    }
  }

  private final Signals signals;
  private final Map<Target, Task> tasks = new HashMap<>();

  /** Checks nothing yet. */
  public HealthChecks(Signals signals) {
    this.signals = signals;
  }

  /**
   * Checks exactly these pools' members from now on. A member that is checked in the same way
   * already goes on with what is known of it.
   *
   * @return completes when each new member was checked once
   */
  public synchronized CompletableFuture<Void> configure(Collection<Plan> plans) {
    Map<Target, Plan> wanted = new HashMap<>();
    for (Plan plan : plans) {
      plan.pool()
          .snapshot()
          .members()
          .forEach(m -> wanted.put(new Target(plan.pool().name(), m.member()), plan));
    }
    tasks
        .entrySet()
        .removeIf(running -> {
          boolean keep = running.getValue().plan.equals(wanted.get(running.getKey()));
          if (!keep) {
            running.getValue().thread.interrupt();
          }
          return !keep;
        });
    List<Task> started =
        wanted.entrySet().stream()
            .filter(e -> !tasks.containsKey(e.getKey()))
            .map(e -> start(e.getKey(), e.getValue()))
            .toList();
    return CompletableFuture.allOf(
        started.stream().map(t -> t.first).toArray(CompletableFuture<?>[]::new));
  }

  private Task start(Target target, Plan plan) {
    Task task = new Task(plan, target.member());
    tasks.put(target, task);
    task.thread.start();
    return task;
  }

  /** Stops all checks. */
  @Override
  public synchronized void close() {
    tasks.values().forEach(t -> t.thread.interrupt());
    tasks.clear();
  }
}
