package dev.terrace.kv.back;

import dev.terrace.engine.Batch;
import dev.terrace.engine.EngineFailure;
import dev.terrace.engine.EngineFailure.Kind;
import dev.terrace.kv.back.Pending.Dirtied;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The writes of one partition on their way to the store, in order, on a thread of its own: those
 * that an earlier process left first, then generation after generation. A generation that the store
 * does not take now is tried until it does; what the store refuses time and again is put aside.
 */
final class Lane {

  private static final System.Logger LOG = System.getLogger(Lane.class.getName());
  private static final Duration FIRST_PAUSE = Duration.ofMillis(20);

  /** What lanes need of their surroundings. */
  interface Surroundings {
    /** The name of a lane's log in stores. */
    String log(LaneName lane);

    /** Keeps what the store refuses; a failure keeps it from being passed over. */
    void aside(List<DeadLetter> letters) throws EngineFailure;

    /** A row's changes are in the store, or aside. */
    void stored(Pending pending);
  }

  /**
   * How lanes work.
   *
   * @param batch the most rows of a generation
   * @param attempts how often the store may refuse a generation as a whole
   * @param pause the longest one between attempts
   */
  record Settings(int batch, int attempts, Duration pause) {}

  private record Left(long position, LogRecord record) {}

  @SuppressWarnings("NullAway.Init") // set before the thread starts
  private Target target;

  private final LaneName name;
  private final Settings settings;
  private final Surroundings surroundings;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Deque<Generation> complete = new ArrayDeque<>();
  private final CompletableFuture<@Nullable Void> settled = new CompletableFuture<>();
  private List<Left> left = new ArrayList<>();
  private Generation open = new Generation();
  private @Nullable Generation inHand;
  private boolean hurried;
  private boolean stopped;
  private volatile @Nullable EngineFailure trouble;
  private volatile long rows;
  private volatile long batches;

  Lane(LaneName name, Settings settings, Surroundings surroundings) {
    this.name = name;
    this.settings = settings;
    this.surroundings = surroundings;
  }

  LaneName name() {
    return name;
  }

  /** A write that an earlier process left; before {@link #start}. */
  void leave(long position, LogRecord record) {
    left.add(new Left(position, record));
  }

  Thread start(Target to) {
    target = to;
    return Thread.ofVirtual().name("kv-lane " + name).start(this::run);
  }

  /** Done once the store has what an earlier process left. */
  CompletableFuture<@Nullable Void> settled() {
    return settled;
  }

  /** Why the store does not take the next generation now, if it does not. */
  Optional<EngineFailure> trouble() {
    return Optional.ofNullable(trouble);
  }

  /** Rows that were written to the store. */
  long rowsEver() {
    return rows;
  }

  /** Transactions that wrote them. */
  long batchesEver() {
    return batches;
  }

  /** Adds a write; whether one of the same key waits with it. */
  boolean add(long position, LogRecord record, Optional<Dirtied> by, long mayWaitNanos) {
    lock.lock();
    try {
      boolean first = open.size() == 0;
      boolean before = open.add(position, record, by, mayWaitNanos);
      if (open.size() >= settings.batch()) {
        complete.add(open);
        open = new Generation();
        changed.signalAll();
      } else if (first) {
        changed.signalAll();
      }
      return before;
    } finally {
      lock.unlock();
    }
  }

  /** The first position that is not in the store, or no position if all are. */
  long firstNeeded() {
    lock.lock();
    try {
      if (!left.isEmpty()) {
        return left.getFirst().position();
      }
      if (inHand != null) {
        return inHand.first();
      }
      if (!complete.isEmpty()) {
        return complete.getFirst().first();
      }
      return open.size() > 0 ? open.first() : Long.MAX_VALUE;
    } finally {
      lock.unlock();
    }
  }

  /** Writes what there is without waiting for more. */
  void hurry() {
    lock.lock();
    try {
      hurried = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Takes no new generation, and gives the one in hand up once its attempt has ended. */
  void stop() {
    lock.lock();
    try {
      stopped = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void run() {
    try {
      if (!settle()) {
        return;
      }
      settled.complete(null);
      Generation next = take();
      while (next != null && write(next)) {
        next.rows().values().forEach(this::stored);
        next = take();
      }
    } catch (RuntimeException | Error e) {
      LOG.log(System.Logger.Level.ERROR, "lane " + name + " broke; a restart goes on with it", e);
      trouble = new EngineFailure(Kind.REJECTED, "the lane broke: " + e, e);
      throw e;
    }
  }

  /** Whatever becomes of telling it, the next generation must go on. */
  private void stored(Pending pending) {
    try {
      surroundings.stored(pending);
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.ERROR, "that a write is stored could not be told", e);
    }
  }

  private @Nullable Generation take() {
    lock.lock();
    try {
      inHand = null;
      while (complete.isEmpty() && !stopped) {
        long wait = open.size() == 0 ? Long.MAX_VALUE : open.dueNanos() - System.nanoTime();
        if (open.size() == 0) {
          hurried = false;
        } else if (wait <= 0 || hurried) {
          complete.add(open);
          open = new Generation();
          break;
        }
        awaitChange(wait);
      }
      inHand = stopped ? null : complete.pollFirst();
      return inHand;
    } finally {
      lock.unlock();
    }
  }

  @SuppressWarnings("WaitNotInLoop") // callers look again
  private void awaitChange(long nanos) {
    try {
      changed.await(nanos, TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      stopped = true;
    }
  }

  /** One step towards the store. */
  @FunctionalInterface
  private interface Step {
    void run(boolean sparing) throws EngineFailure;
  }

  /** Tries until it is done; false if the lane was stopped before. */
  private boolean persist(Step step) {
    int refusals = 0;
    Duration pause = FIRST_PAUSE;
    while (true) {
      try {
        step.run(refusals >= settings.attempts());
        trouble = null;
        return true;
      } catch (EngineFailure e) {
        if (trouble == null) {
          LOG.log(
              System.Logger.Level.WARNING,
              "writes of {0} wait in the journal: {1}",
              name,
              e.reason());
        }
        trouble = e;
        refusals += isRefusal(e) ? 1 : 0;
      }
      if (!rest(pause)) {
        return false;
      }
      pause = pause.multipliedBy(2);
      pause = pause.compareTo(settings.pause()) > 0 ? settings.pause() : pause;
    }
  }

  private static boolean isRefusal(EngineFailure failure) {
    return switch (failure.kind()) {
      case REJECTED, UNKNOWN_FIELD -> true;
      // A table that is being replaced comes back.
      case UNREACHABLE, TIMEOUT, IN_DOUBT, UNKNOWN_TABLE -> false;
    };
  }

  private boolean rest(Duration pause) {
    long end = System.nanoTime() + pause.toNanos();
    lock.lock();
    try {
      long wait = pause.toNanos();
      while (!stopped && wait > 0) {
        awaitChange(wait);
        wait = end - System.nanoTime();
      }
      return !stopped;
    } finally {
      lock.unlock();
    }
  }

  private boolean write(Generation generation) {
    Batch batch = generation.batch(surroundings.log(name));
    return persist(sparing -> {
      for (int shard : target.shards(name)) {
        apply(shard, generation, batch, sparing);
      }
    });
  }

  private void apply(int shard, Generation generation, Batch batch, boolean sparing)
      throws EngineFailure {
    target.apply(
        name,
        shard,
        batch,
        sparing ? refused -> surroundings.aside(letters(generation, refused)) : null);
    count(batch.items().size());
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // by this lane's thread only
  private void count(int written) {
    rows += written;
    batches++;
  }

  private static List<DeadLetter> letters(Generation generation, List<Batch.Refused> refused) {
    List<DeadLetter> letters = new ArrayList<>();
    for (Batch.Refused one : refused) {
      Pending pending =
          generation.rows().get(new Generation.Place(one.item().table(), one.item().key()));
      if (pending != null) {
        letters.add(
            new DeadLetter(
                pending.position(),
                System.currentTimeMillis(),
                one.why().reason(),
                pending.record()));
      }
    }
    return letters;
  }

  /** Brings what an earlier process left into the store, shard by shard, what is not there yet. */
  private boolean settle() {
    if (left.isEmpty()) {
      return true;
    }
    LOG.log(
        System.Logger.Level.INFO,
        "{0} writes of {1} that an earlier process left go to the store",
        left.size(),
        name);
    boolean done =
        persist(sparing -> {
          for (int shard : target.shards(name)) {
            settle(shard, sparing);
          }
        });
    if (done) {
      lock.lock();
      try {
        left = new ArrayList<>();
      } finally {
        lock.unlock();
      }
    }
    return done;
  }

  private void settle(int shard, boolean sparing) throws EngineFailure {
    String log = surroundings.log(name);
    long applied = target.applied(name, shard, log);
    Generation generation = new Generation();
    for (Left one : left) {
      if (one.position() > applied) {
        generation.add(one.position(), one.record(), Optional.empty(), 0);
        if (generation.size() >= settings.batch()) {
          apply(shard, generation, generation.batch(log), sparing);
          generation = new Generation();
        }
      }
    }
    if (generation.size() > 0) {
      apply(shard, generation, generation.batch(log), sparing);
    }
  }
}
