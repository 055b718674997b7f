package dev.terrace.net.health;

import dev.terrace.core.health.HealthState;
import dev.terrace.core.health.ProbeResult;
import dev.terrace.core.pool.Member;
import dev.terrace.core.pool.MemberState;
import dev.terrace.core.pool.Pool;
import dev.terrace.core.pool.PoolMember;
import dev.terrace.core.signal.Metric;
import dev.terrace.core.signal.Signals;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * Checks the members of pools, each on a virtual thread of its own, and tells the pools what was
 * found. So many checks run at once and no more; a member that is slow to answer takes no other's
 * turn ({@link CheckLanes}). Time is measured by the monotonic clock: the wall clock may jump.
 */
public final class HealthChecks implements AutoCloseable {

  private static final System.Logger LOG = System.getLogger(HealthChecks.class.getName());

  private static final double JITTER = 0.1;

  /** When a member is asked again that nothing could be said of; twice as long each time. */
  private static final long SOON_MILLIS = 20;

  private static final long SOON_MILLIS_MAX = 60_000;

  /** How many checks run at once if nothing else is said. */
  public static final int CHECKS_MAX = 256;

  /**
   * How one pool's members are checked.
   *
   * @param jitter the share of {@code every} by which a check may come earlier or later, so that
   *     checks don't march in step
   */
  public record Plan(
      Pool pool, Probe probe, Duration every, double jitter, Duration timeout, int rise, int fall) {

    /** With a jitter of a tenth. */
    public Plan(Pool pool, Probe probe, Duration every, Duration timeout, int rise, int fall) {
      this(pool, probe, every, JITTER, timeout, rise, fall);
    }
  }

  private record Target(String pool, String member) {}

  private final class Task {
    final Plan plan;
    final Member member;
    final CompletableFuture<Void> first = new CompletableFuture<>();
    final Thread thread;
    final Semaphore wake = new Semaphore(0);
    private HealthState state = HealthState.UNTRIED;
    private boolean slow;
    private volatile boolean gone;

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
        long soon = SOON_MILLIS;
        while (!Thread.currentThread().isInterrupted()) {
          ProbeResult result = lanes.run(slow, this::check);
          long pause = pause(plan);
          if (result instanceof ProbeResult.Undecided) {
            pause = Math.min(soon, pause);
            soon = Math.min(2 * soon, SOON_MILLIS_MAX);
          } else {
            soon = SOON_MILLIS;
            found(result);
            first.complete(null);
          }
          if (wake.tryAcquire(pause, TimeUnit.MILLISECONDS)) {
            // Many may have been in a hurry: one check does for all of them.
            wake.drainPermits();
          }
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } finally {
        first.complete(null);
        if (gone) {
          forget();
        }
      }
    }

    private ProbeResult check() throws InterruptedException {
      long start = System.nanoTime();
      try {
        return plan.probe().probe(member, plan.timeout());
      } catch (RuntimeException e) {
        LOG.log(System.Logger.Level.WARNING, "health check of " + member.id() + " broke", e);
        return new ProbeResult.Failed("the check itself failed: " + e.getMessage());
      } finally {
        slow = CheckLanes.isSlow(System.nanoTime() - start, plan.timeout());
      }
    }

    private void found(ProbeResult result) {
      String word = result instanceof ProbeResult.Passed ? PASSED : FAILED;
      signals.counter(Metric.HEALTH_CHECKS, plan.pool().name(), member.id(), word).increment();
      HealthState before = state;
      state = before.after(result, plan.rise(), plan.fall());
      if (gone) {
        return;
      }
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

    /** Members come and go: what was counted of them would be kept for ever. */
    private void forget() {
      signals.removeCounter(Metric.HEALTH_CHECKS, plan.pool().name(), member.id(), PASSED);
      signals.removeCounter(Metric.HEALTH_CHECKS, plan.pool().name(), member.id(), FAILED);
    }
  }

  private static final String PASSED = "passed";
  private static final String FAILED = "failed";

  private final Signals signals;
  private final CheckLanes lanes = new CheckLanes(CHECKS_MAX);
  private final Map<Target, Task> tasks = new HashMap<>();
  private final Map<String, Plan> plans = new HashMap<>();

  /** Checks nothing yet. */
  public HealthChecks(Signals signals) {
    this.signals = signals;
    signals.gauge(lanes::running, Metric.HEALTH_CHECKS_RUNNING);
    signals.gauge(lanes::waiting, Metric.HEALTH_CHECKS_WAITING);
  }

  private static long pause(Plan plan) {
    double shift = plan.jitter() * (2 * ThreadLocalRandom.current().nextDouble() - 1);
    return Math.max(1, Math.round(plan.every().toMillis() * (1 + shift)));
  }

  /** Runs at most that many checks at once from now on. */
  public void limit(int checksMax) {
    lanes.resize(checksMax);
  }

  /**
   * Checks exactly these pools' members from now on. A member that is checked in the same way
   * already goes on with what is known of it.
   *
   * @return completes when each new member was checked once
   */
  public synchronized CompletableFuture<Void> configure(Collection<Plan> wanted) {
    plans.clear();
    wanted.forEach(plan -> plans.put(plan.pool().name(), plan));
    List.copyOf(tasks.keySet()).stream()
        .filter(target -> !plans.containsKey(target.pool()))
        .forEach(target -> stop(target, true));
    List<CompletableFuture<Void>> firsts = new ArrayList<>();
    plans.values().forEach(plan -> firsts.add(follow(plan)));
    return CompletableFuture.allOf(firsts.toArray(CompletableFuture<?>[]::new));
  }

  /** Checks the members that a pool has now, if it is one of those that are checked. */
  public synchronized void membersChanged(Pool pool) {
    Plan plan = plans.get(pool.name());
    if (plan != null) {
      follow(plan);
    }
  }

  /** Checks the pool's members now, for there is a sign that they are not as they were. */
  public synchronized void hurry(String pool) {
    tasks.forEach((target, task) -> {
      if (target.pool().equals(pool) && task.wake.availablePermits() == 0) {
        task.wake.release();
      }
    });
  }

  private CompletableFuture<Void> follow(Plan plan) {
    String pool = plan.pool().name();
    Map<String, Member> members = new HashMap<>();
    for (PoolMember member : plan.pool().snapshot().members()) {
      members.put(member.id(), member.member());
    }
    for (Map.Entry<Target, Task> running : List.copyOf(tasks.entrySet())) {
      boolean gone = !members.containsKey(running.getKey().member());
      boolean otherwise = !running.getValue().plan.equals(plan);
      if (running.getKey().pool().equals(pool) && (gone || otherwise)) {
        stop(running.getKey(), gone);
      }
    }
    return CompletableFuture.allOf(
        members.values().stream()
            .filter(member -> !tasks.containsKey(new Target(pool, member.id())))
            .map(member -> start(plan, member).first)
            .toArray(CompletableFuture<?>[]::new));
  }

  private Task start(Plan plan, Member member) {
    Task task = new Task(plan, member);
    tasks.put(new Target(plan.pool().name(), member.id()), task);
    task.thread.start();
    return task;
  }

  private void stop(Target target, boolean gone) {
    Task task = tasks.remove(target);
    if (task != null) {
      task.gone = gone;
      task.thread.interrupt();
    }
  }

  /** Stops all checks. */
  @Override
  public synchronized void close() {
    tasks.values().forEach(t -> t.thread.interrupt());
    tasks.clear();
    plans.clear();
  }
}
