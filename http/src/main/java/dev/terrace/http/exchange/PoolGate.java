package dev.terrace.http.exchange;

import dev.terrace.config.Percent;
import dev.terrace.config.PoolConfig;
import dev.terrace.config.PoolConfig.PassiveHealthConfig;
import dev.terrace.config.PoolConfig.RetryBudgetConfig;
import dev.terrace.core.attempt.Attempt;
import dev.terrace.core.attempt.AttemptFailure;
import dev.terrace.core.attempt.NextStep;
import dev.terrace.core.attempt.Permits;
import dev.terrace.core.attempt.RetryBudget;
import dev.terrace.core.balance.PeakEwma;
import dev.terrace.core.health.Outliers;
import dev.terrace.core.pool.Pool;
import dev.terrace.core.pool.PoolMember;
import dev.terrace.core.signal.Counter;
import dev.terrace.core.signal.Metric;
import dev.terrace.core.signal.Signals;
import dev.terrace.http.wire.ResponseHead;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What stands between all routes and a pool: how many requests it may have in hand, how many wait
 * for a connection, how many may be repeated, and what their outcomes say of its members. It
 * outlives reloads.
 */
public final class PoolGate implements AutoCloseable {

  private static final long RELEASE_MILLIS = 100;

  private final Pool pool;
  private final Signals signals;
  private final PoolMetrics metrics;
  private final Counter ejections;
  private final Counter budgetSpent;
  private final Permits inHand = new Permits(0);
  private final Permits waiting = new Permits(0);
  private final List<WaitingLine> lines = new ArrayList<>();
  private final Future<?> releasing;
  private RetryBudgetConfig budgetConfig = new RetryBudgetConfig(new Percent(0), 0);
  private volatile RetryBudget budget = new RetryBudget(0, 0, System.nanoTime());
  private Outliers.@Nullable Settings watching;
  private volatile @Nullable Outliers outliers;
  private volatile @Nullable String loadHeader;
  private volatile long pendingNanos = 1;

  /** A gate that is shut until {@link #configure}. */
  public PoolGate(Pool pool, List<EventLoop> loops, Signals signals) {
    this.pool = pool;
    this.signals = signals;
    metrics = new PoolMetrics(signals, pool);
    String name = pool.name();
    ejections = signals.counter(Metric.POOL_EJECTIONS, name);
    budgetSpent = signals.counter(Metric.HTTP_RETRIES_REFUSED, name);
    signals.gauge(inHand::inUse, Metric.HTTP_IN_HAND, name);
    signals.gauge(waiting::inUse, Metric.HTTP_PENDING, name);
    loops.forEach(loop -> lines.add(new WaitingLine(this, loop)));
    releasing =
        loops
            .getFirst()
            .scheduleAtFixedRate(
                this::release, RELEASE_MILLIS, RELEASE_MILLIS, TimeUnit.MILLISECONDS);
  }

  /** Takes the limits of the file. */
  public void configure(PoolConfig config) {
    inHand.resize(config.maxRequests());
    waiting.resize(config.maxPending());
    pendingNanos = config.pendingTimeout().toNanos();
    loadHeader = config.loadHeader().orElse(null);
    if (!budgetConfig.equals(config.retryBudget())) {
      budgetConfig = config.retryBudget();
      budget =
          new RetryBudget(
              budgetConfig.share().share(), budgetConfig.minPerSecond(), System.nanoTime());
    }
    watch(config.passiveHealth().map(PoolGate::settings).orElse(null));
    membersChanged();
  }

  /** Forgets the counters of members that are gone. */
  public void membersChanged() {
    metrics.retain();
  }

  /** That member's counters. */
  MemberMetrics metrics(PoolMember member) {
    return metrics.of(member);
  }

  private void watch(Outliers.@Nullable Settings wanted) {
    if (Objects.equals(wanted, watching)) {
      return;
    }
    Outliers before = outliers;
    if (before != null) {
      before.close();
    }
    watching = wanted;
    outliers = wanted == null ? null : new Outliers(pool, wanted);
  }

  private static Outliers.Settings settings(PassiveHealthConfig config) {
    return new Outliers.Settings(
        config.failures(),
        config.failureRate().share(),
        config.minRequests(),
        config.window().toNanos(),
        config.ejectFor().toNanos(),
        config.maxEjectFor().toNanos(),
        config.maxEjected().share());
  }

  private void release() {
    Outliers watched = outliers;
    if (watched != null) {
      watched.release(System.nanoTime());
    }
  }

  // Requests in hand.

  /** Whether one more request may come; {@link #end} must follow then. */
  boolean tryBegin(long nowNanos) {
    if (!inHand.tryAcquire()) {
      return false;
    }
    budget.request(nowNanos);
    return true;
  }

  /** The request is over. */
  void end() {
    inHand.end(Permits.End.IGNORED);
  }

  /** What follows a failed attempt, as far as the budget allows. */
  NextStep next(Attempt failed, int attemptsMax) {
    NextStep step = NextStep.after(failed, attemptsMax, budget, System.nanoTime());
    if (step == NextStep.BUDGET_SPENT) {
      budgetSpent.increment();
    }
    return step;
  }

  /** Whether a second member may be asked though the first has not failed. */
  boolean mayHedge() {
    boolean may = budget.tryRetry(System.nanoTime());
    if (!may) {
      budgetSpent.increment();
    }
    return may;
  }

  // Requests that wait for a connection.

  /** Those that wait on one event loop. */
  WaitingLine line(int loopIndex) {
    return lines.get(loopIndex);
  }

  /** Whether one more request may wait; {@link #waitsNoMore} must follow then. */
  boolean mayWait() {
    return waiting.tryAcquire();
  }

  void waitsNoMore() {
    waiting.end(Permits.End.IGNORED);
  }

  long pendingNanos() {
    return pendingNanos;
  }

  /** A member has finished a piece of work: its connection may serve who waits for one. */
  void freed(int loopIndex, MemberConnections connections) {
    if (waiting.inUse() > 0) {
      WaitingLine line = lines.get(loopIndex);
      if (line.isEmpty()) {
        connections.yieldIdle();
      } else {
        line.advance();
      }
    }
  }

  // What outcomes say of members.

  /**
   * The member has answered.
   *
   * @param tookNanos from asking to the head
   */
  void answered(PoolMember member, ResponseHead head, long tookNanos, long nowNanos) {
    if (pool.policy() instanceof PeakEwma) {
      member.load().took(tookNanos, nowNanos);
    }
    String header = loadHeader;
    String said = header == null ? null : head.value(header);
    if (said != null) {
      report(member, said, nowNanos);
    }
    Outliers watched = outliers;
    if (watched == null) {
      return;
    }
    int status = head.status();
    if (status == 502 || status == 503 || status == 504) {
      note(watched.failure(member, nowNanos, "HTTP " + status));
    } else {
      watched.success(member, nowNanos);
    }
  }

  private static void report(PoolMember member, String said, long nowNanos) {
    try {
      member.load().report(Double.parseDouble(said), nowNanos);
    } catch (NumberFormatException e) {
      // Not a load: as if it had said nothing.
    }
  }

  /** The member has not. */
  void failed(PoolMember member, AttemptFailure failure) {
    if (pool.policy() instanceof PeakEwma) {
      member.load().tookNothing(System.nanoTime());
    }
    Outliers watched = outliers;
    if (watched != null) {
      note(watched.failure(member, System.nanoTime(), failure.name()));
    }
  }

  private void note(boolean ejected) {
    if (ejected) {
      ejections.increment();
    }
  }

  /** No route leads to the pool any more. */
  @Override
  public void close() {
    releasing.cancel(false);
    watch(null);
    metrics.clear();
    signals.removeGauge(Metric.HTTP_IN_HAND, pool.name());
    signals.removeGauge(Metric.HTTP_PENDING, pool.name());
  }
}
