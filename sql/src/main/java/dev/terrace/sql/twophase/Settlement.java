package dev.terrace.sql.twophase;

import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * The shards that are known to have no part of a transaction left that nobody is ending, so that a
 * read over several of them sees none half done. None is at the start, and after a part was left.
 */
public final class Settlement {

  private static final long LOOK_EVERY_NANOS = Duration.ofMillis(5).toNanos();

  private volatile Set<Integer> clean = Set.of();
  private long doubts;
  private int shards;

  /** A look at all shards, one after the other. */
  final class Look {
    private final long doubtsBefore;
    private final Set<Integer> found = new HashSet<>();

    private Look(long doubtsBefore) {
      this.doubtsBefore = doubtsBefore;
    }

    /** Nothing is left on that one. */
    void clean(int shard) {
      found.add(shard);
    }

    /** All were looked at that can be. */
    void end() {
      synchronized (Settlement.this) {
        if (doubtsBefore == doubts) {
          clean = Set.copyOf(found);
        }
      }
    }
  }

  /** Begins a look; what it finds counts unless a part is left meanwhile. */
  synchronized Look look(int ofShards) {
    shards = ofShards;
    return new Look(doubts);
  }

  /** A part may have been left on any shard. */
  synchronized void doubt() {
    doubts++;
    clean = Set.of();
  }

  /** Whether all shards are clean. */
  synchronized boolean isComplete() {
    return clean.size() >= shards;
  }

  /** Whether these are. */
  public boolean isSettled(Collection<Integer> ofShards) {
    return clean.containsAll(ofShards);
  }

  /** Goes on when these are, or the time has passed; with whether they are. */
  public void await(
      Collection<Integer> ofShards, Duration patience, Executor on, Consumer<Boolean> then) {
    long end = System.nanoTime() + patience.toNanos();
    Thread.ofVirtual()
        .name("sql-settlement")
        .start(() -> {
          while (!isSettled(ofShards) && System.nanoTime() - end < 0) {
            LockSupport.parkNanos(LOOK_EVERY_NANOS);
          }
          boolean settled = isSettled(ofShards);
          on.execute(() -> then.accept(settled));
        });
  }
}
