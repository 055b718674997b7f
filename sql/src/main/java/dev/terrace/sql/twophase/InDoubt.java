package dev.terrace.sql.twophase;

import dev.terrace.core.pool.Address;
import dev.terrace.core.signal.Counter;
import dev.terrace.core.signal.Metric;
import dev.terrace.core.signal.Signals;
import dev.terrace.sql.server.ServerQueryException;
import dev.terrace.sql.twophase.DecisionLog.Outcome;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Ends the transactions over several shards that nobody is ending: whose Terrace was killed in the
 * midst, or whose server was away when its part was to be committed. Looks after them on a thread
 * of its own, from time to time and when told to.
 */
public final class InDoubt implements AutoCloseable {

  private static final System.Logger LOG = System.getLogger(InDoubt.class.getName());
  private static final Duration FORGET_AFTER = Duration.ofMinutes(1);

  /** The primaries by shard, as of now; empty where none is up. */
  public interface Primaries extends Supplier<List<Optional<Address>>> {}

  private final DecisionLog log;
  private final Primaries primaries;
  private final Supplier<Duration> every;
  private final Supplier<Runnable> ends;
  private final Set<TransactionName> inHand = ConcurrentHashMap.newKeySet();
  private final Set<Address> ready = ConcurrentHashMap.newKeySet();

  /** How often shards are looked at while it is not known that nothing is left there. */
  private static final Duration UNSETTLED_EVERY = Duration.ofMillis(100);

  private final Counter committed;
  private final Counter rolledBack;
  private final Settlement settlement = new Settlement();
  private final Semaphore hurry = new Semaphore(0);
  private final Thread thread;
  private volatile int waiting;
  private volatile boolean closed;
  private long forgottenAtNanos = System.nanoTime();

  /**
   * Starts to look after a store's transactions.
   *
   * @param ends told before a part is ended; what it gives is told after
   */
  public InDoubt(
      DecisionLog log,
      Primaries primaries,
      Supplier<Duration> every,
      Supplier<Runnable> ends,
      Signals signals,
      String store) {
    this.log = log;
    this.primaries = primaries;
    this.every = every;
    this.ends = ends;
    this.committed = signals.counter(Metric.SQL_IN_DOUBT_ENDED, store, "committed");
    this.rolledBack = signals.counter(Metric.SQL_IN_DOUBT_ENDED, store, "rolled back");
    signals.gauge(() -> waiting, Metric.SQL_IN_DOUBT, store);
    this.thread = Thread.ofVirtual().name("sql-in-doubt").start(this::run);
  }

  /** This process is at work on it: it is left alone. */
  public void begin(TransactionName name) {
    inHand.add(name);
  }

  /** How many this process is at work on. */
  public int inHand() {
    return inHand.size();
  }

  /** This process is through with it. */
  public void done(TransactionName name) {
    inHand.remove(name);
  }

  /** This process is through with it, but there are parts that it could not end. */
  public void leave(TransactionName name) {
    settlement.doubt();
    inHand.remove(name);
    hurry.release();
  }

  /** Which shards are known to have no part left that nobody is ending. */
  public Settlement settlement() {
    return settlement;
  }

  /** Whether decisions can be kept there at once. */
  public boolean isReady(Address primary) {
    return ready.contains(primary);
  }

  /** Sees to it that decisions can be kept there, then goes on with what stands in the way. */
  public void makeReady(Address primary, Executor on, Consumer<Optional<String>> then) {
    Thread.ofVirtual()
        .name("sql-decision-table")
        .start(() -> {
          Optional<String> problem = Optional.empty();
          try {
            log.create(primary);
            ready.add(primary);
          } catch (ServerQueryException e) {
            problem = Optional.of(String.valueOf(e.getMessage()));
          }
          Optional<String> outcome = problem;
          on.execute(() -> then.accept(outcome));
        });
  }

  /** Asks the deciding shard how a transaction ended, or ends it; empty if it cannot be told. */
  public void ask(TransactionName name, Executor on, Consumer<Optional<Outcome>> then) {
    Thread.ofVirtual()
        .name("sql-decision")
        .start(() -> {
          Optional<Outcome> outcome = askPatiently(name);
          on.execute(() -> then.accept(outcome));
        });
  }

  private Optional<Outcome> askPatiently(TransactionName name) {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (!closed && System.nanoTime() < until) {
      try {
        Optional<Address> primary = primaries.get().get(name.deciding());
        if (primary.isPresent()) {
          return Optional.of(log.outcome(name, primary.get()));
        }
        Thread.sleep(100);
      } catch (ServerQueryException e) {
        LOG.log(System.Logger.Level.DEBUG, () -> "no decision about " + name.text() + " yet", e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return Optional.empty();
      }
    }
    return Optional.empty();
  }

  private void run() {
    try {
      while (!closed) {
        resolveAll();
        Duration pause = settlement.isComplete() ? every.get() : UNSETTLED_EVERY;
        hurry.tryAcquire(Math.min(every.get().toMillis(), pause.toMillis()), TimeUnit.MILLISECONDS);
        hurry.drainPermits();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void resolveAll() {
    List<Optional<Address>> now = primaries.get();
    if (now.size() < 2) {
      // Nothing is ever prepared where there is one shard.
      return;
    }
    int left = 0;
    boolean all = true;
    boolean forgets = System.nanoTime() - forgottenAtNanos > FORGET_AFTER.toNanos();
    // Before the parts: those of a decision that is found here are there already, or ended.
    Map<Address, List<String>> old = forgets ? old(now) : Map.of();
    Settlement.Look look = settlement.look(now.size());
    Set<String> open = new HashSet<>();
    for (int shard = 0; shard < now.size(); shard++) {
      if (now.get(shard).isEmpty()) {
        all = false;
        continue;
      }
      try {
        int leftHere = 0;
        for (String gid : log.prepared(now.get(shard).get())) {
          Optional<TransactionName> name = TransactionName.ofPart(gid);
          name.ifPresent(n -> open.add(n.text()));
          boolean ours = name.isPresent() && !inHand.contains(name.get());
          leftHere += ours && !resolve(gid, name.get(), now.get(shard).get(), now) ? 1 : 0;
        }
        left += leftHere;
        if (leftHere == 0) {
          look.clean(shard);
        }
      } catch (ServerQueryException e) {
        all = false;
        LOG.log(System.Logger.Level.DEBUG, () -> "prepared transactions cannot be read", e);
      }
    }
    waiting = left;
    look.end();
    if (all && forgets) {
      forgottenAtNanos = System.nanoTime();
      forget(old, open);
    }
  }

  private boolean resolve(
      String gid, TransactionName name, Address primary, List<Optional<Address>> now) {
    if (name.deciding() >= now.size() || now.get(name.deciding()).isEmpty()) {
      return false;
    }
    try {
      log.create(now.get(name.deciding()).get());
      Outcome outcome = log.outcome(name, now.get(name.deciding()).get());
      Runnable ended = ends.get();
      try {
        log.end(gid, outcome, primary);
      } finally {
        ended.run();
      }
      (outcome == Outcome.COMMITTED ? committed : rolledBack).increment();
      LOG.log(
          System.Logger.Level.INFO,
          () -> "ended " + gid + " on " + primary + ", which nobody was ending: " + outcome);
      return true;
    } catch (ServerQueryException e) {
      LOG.log(
          System.Logger.Level.WARNING,
          () -> gid + " on " + primary + " is still in doubt: " + e.getMessage());
      return false;
    }
  }

  /** The decisions that primaries have kept for long. */
  private Map<Address, List<String>> old(List<Optional<Address>> now) {
    Map<Address, List<String>> old = new HashMap<>();
    for (Optional<Address> primary : now) {
      if (primary.isPresent() && ready.contains(primary.get())) {
        try {
          old.put(primary.get(), log.kept(primary.get(), FORGET_AFTER));
        } catch (ServerQueryException e) {
          LOG.log(System.Logger.Level.DEBUG, () -> "decisions are kept for longer", e);
        }
      }
    }
    return old;
  }

  /** Forgets decisions that no prepared part waits for, on any shard. */
  private void forget(Map<Address, List<String>> old, Set<String> open) {
    old.forEach((primary, names) -> {
      try {
        log.forget(names.stream().filter(name -> !open.contains(name)).toList(), primary);
      } catch (ServerQueryException e) {
        LOG.log(System.Logger.Level.DEBUG, () -> "decisions are kept for longer", e);
      }
    });
  }

  @Override
  public void close() {
    closed = true;
    thread.interrupt();
  }
}
