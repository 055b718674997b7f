package dev.terrace.sql.operate;

import dev.terrace.sql.operate.PauseScope.What;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/**
 * The pauses of all stores. Several may hold the same back: an operator's and one of Terrace's own.
 * A statement looks at them before it gets a server; while there are none that is one read.
 */
public final class Pauses {

  private static final Duration LOOK_EVERY = Duration.ofMillis(5);

  private final Function<PauseScope, CompletableFuture<Integer>> running;
  private final List<Pause> active = new CopyOnWriteArrayList<>();
  private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();
  private final AtomicInteger held = new AtomicInteger();
  private volatile boolean any;

  /**
   * Nothing is paused.
   *
   * @param running counts the sessions that run what a pause would hold back
   */
  public Pauses(Function<PauseScope, CompletableFuture<Integer>> running) {
    this.running = running;
  }

  /** Holds statements back from now on. */
  public Pause begin(PauseScope scope) {
    Holding pause = new Holding(scope);
    synchronized (active) {
      active.add(pause);
      any = true;
    }
    return pause;
  }

  /** All that were begun and not resumed. */
  public List<Pause> active() {
    return List.copyOf(active);
  }

  /** Whether anything is paused. */
  public boolean isAny() {
    return any;
  }

  /** Whether a statement that needs that shard has to wait. */
  public boolean holds(String store, int shard, boolean readOnly) {
    if (!any) {
      return false;
    }
    for (Pause pause : active) {
      if (pause.scope().store().equals(store) && pause.scope().holds(shard, readOnly)) {
        return true;
      }
    }
    return false;
  }

  /** Whether not even to decide where statements of a store go is possible for now. */
  public boolean holdsDecisions(String store) {
    if (!any) {
      return false;
    }
    return active.stream()
        .map(Pause::scope)
        .anyMatch(scope -> scope.store().equals(store) && scope.what() == What.PLACEMENT);
  }

  /** Runs that once any pause has ended; whoever waits then looks again. */
  public void whenOneEnds(Runnable look) {
    waiting.add(look);
    if (!any) {
      wake();
    }
  }

  /** Takes that out again: it has waited for long enough. */
  public void forget(Runnable look) {
    waiting.remove(look);
  }

  /** A statement of that store begins or ends to wait; gives how many do. */
  public int waits(int change) {
    return held.addAndGet(change);
  }

  private void wake() {
    List<Runnable> all = new ArrayList<>();
    for (Runnable one = waiting.poll(); one != null; one = waiting.poll()) {
      all.add(one);
    }
    all.forEach(Runnable::run);
  }

  private final class Holding implements Pause {
    private final PauseScope scope;

    Holding(PauseScope scope) {
      this.scope = scope;
    }

    @Override
    public PauseScope scope() {
      return scope;
    }

    @Override
    public CompletableFuture<Integer> drained(Duration patience) {
      CompletableFuture<Integer> drained = new CompletableFuture<>();
      look(drained, System.nanoTime() + patience.toNanos());
      return drained;
    }

    private void look(CompletableFuture<Integer> drained, long endNanos) {
      running
          .apply(scope)
          .whenComplete((count, failure) -> {
            if (failure != null) {
              drained.completeExceptionally(failure);
            } else if (count == 0 || System.nanoTime() - endNanos >= 0) {
              drained.complete(count);
            } else {
              later().execute(() -> look(drained, endNanos));
            }
          });
    }

    private static Executor later() {
      return CompletableFuture.delayedExecutor(LOOK_EVERY.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public void resume() {
      synchronized (active) {
        active.remove(this);
        any = !active.isEmpty();
      }
      wake();
    }
  }
}
