package dev.terrace.sql.coordinate;

import dev.terrace.core.pool.Address;
import dev.terrace.core.pool.Load;
import dev.terrace.core.pool.Member;
import dev.terrace.core.pool.MemberState;
import dev.terrace.core.pool.PoolMember;
import dev.terrace.core.pool.Warmup;
import dev.terrace.core.signal.Metric;
import dev.terrace.core.signal.Signals;
import dev.terrace.sql.server.Account;
import dev.terrace.sql.server.ServerQueries;
import dev.terrace.sql.server.ServerQueryException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Sees to a store's coordinator: its tables are made when it is first needed, and made anew when
 * the file, the schema or a primary has changed. Who asks for it after such a change waits for
 * that. Changes of the schema that did not pass here are looked for from time to time.
 */
public final class Coordinator implements AutoCloseable {

  private static final System.Logger LOG = System.getLogger(Coordinator.class.getName());
  private static final Duration FAILURE_STANDS = Duration.ofMillis(200);

  /** Classes of errors: connections, operators, locks, deadlocks, and who came first. */
  private static final Set<String> PASSING = Set.of("08", "57", "55", "40", "23");

  /** The primaries by shard, as of now; empty where none is up. */
  public interface Primaries extends Supplier<List<Optional<Address>>> {}

  private final Primaries primaries;
  private final LongSupplier schemaVersion;
  private final Function<Supplier<Account>, ServerQueries> queries;
  private final ServerQueries shards;
  private final String store;
  private final ReentrantLock work = new ReentrantLock();
  private volatile @Nullable Keeper keeper;
  private volatile Outcome.@Nullable Ready ready;
  private volatile @Nullable Thread thread;
  private volatile boolean suspected;
  private volatile boolean closed;

  /** For the lock's holder. */
  private Outcome.@Nullable Unready failure;

  private long failedAtNanos;
  private String fingerprint = "";

  /**
   * None, until the file says so.
   *
   * @param schemaVersion grows whenever a statement has passed that may have changed the schema
   * @param shards asks the shards
   * @param queries asks as another account
   */
  public Coordinator(
      String store,
      Primaries primaries,
      LongSupplier schemaVersion,
      ServerQueries shards,
      Function<Supplier<Account>, ServerQueries> queries,
      Signals signals) {
    this.store = store;
    this.primaries = primaries;
    this.schemaVersion = schemaVersion;
    this.shards = shards;
    this.queries = queries;
    signals.gauge(() -> ready == null ? 0 : 1, Metric.SQL_COORDINATOR, store);
  }

  /** By this file from now on. */
  public void configure(Optional<CoordinatorTerms> terms) {
    work.lock();
    try {
      Keeper before = keeper;
      boolean same = before != null && terms.equals(Optional.of(before.terms()));
      if (same) {
        return;
      }
      if (before != null) {
        before.close();
      }
      forget();
      keeper = terms.map(t -> new Keeper(t, shards, queries)).orElse(null);
      if (terms.isPresent() && thread == null) {
        thread = Thread.ofVirtual().name("sql-coordinator").start(this::look);
      }
    } finally {
      work.unlock();
    }
  }

  private void forget() {
    Outcome.Ready before = ready;
    ready = null;
    if (before != null) {
      before.account().retire();
    }
  }

  /** The coordinator, if nothing has changed of what it was made from. */
  public Optional<Outcome.Ready> now() {
    Outcome.Ready last = ready;
    return last != null
            && !suspected
            && last.schemaVersion() == schemaVersion.getAsLong()
            && last.primaries().stream().map(Optional::of).toList().equals(primaries.get())
        ? Optional.of(last)
        : Optional.empty();
  }

  /** A statement met other tables than it expected: they are to be looked at again. */
  public void suspect() {
    suspected = true;
  }

  /** Brings it in step, then goes on, on an executor; or with what stands in the way. */
  public void bring(Executor on, Consumer<Outcome> then) {
    Thread.ofVirtual()
        .name("sql-coordinator-asked")
        .start(() -> {
          Outcome outcome = patiently();
          on.execute(() -> then.accept(outcome));
        });
  }

  private Outcome patiently() {
    Keeper its = keeper;
    Duration patience = its == null ? Duration.ZERO : its.terms().config().patience();
    long until = System.nanoTime() + patience.toNanos();
    Outcome outcome = inStep(false);
    try {
      while (outcome instanceof Outcome.Unready(String why, boolean passing)
          && passing
          && !closed
          && System.nanoTime() < until) {
        Thread.sleep(FAILURE_STANDS);
        outcome = inStep(false);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return outcome;
  }

  private void look() {
    while (!closed) {
      Keeper its = keeperOrEnd();
      if (its == null) {
        return;
      }
      inStep(true);
      try {
        Thread.sleep(its.terms().config().every());
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  /** Who is to be kept; without one the thread that looks is no more, and another may begin. */
  private @Nullable Keeper keeperOrEnd() {
    work.lock();
    try {
      if (keeper == null) {
        thread = null;
      }
      return keeper;
    } finally {
      work.unlock();
    }
  }

  /**
   * Compares and changes what must be changed, one at a time.
   *
   * @param anyway even if nothing is known to have changed
   */
  private Outcome inStep(boolean anyway) {
    work.lock();
    try {
      Optional<Outcome.Ready> current = now();
      if (current.isPresent() && !anyway) {
        return current.get();
      }
      Outcome.Unready last = failure;
      boolean stands = System.nanoTime() - failedAtNanos < FAILURE_STANDS.toNanos();
      if (!anyway && last != null && stands) {
        return last;
      }
      Keeper its = keeper;
      if (its == null) {
        return new Outcome.Unready("the file names none any more", false);
      }
      return update(its);
    } finally {
      work.unlock();
    }
  }

  private Outcome update(Keeper its) {
    suspected = false;
    long version = schemaVersion.getAsLong();
    List<Optional<Address>> known = primaries.get();
    if (known.contains(Optional.<Address>empty())) {
      int shard = known.indexOf(Optional.<Address>empty());
      return failed("shard " + shard + " has no primary now", true);
    }
    List<Address> all = known.stream().flatMap(Optional::stream).toList();
    try {
      Keeper.Kept kept = its.keep(all);
      boolean same = !kept.changed() && kept.fingerprint().equals(fingerprint);
      Outcome.Ready before = ready;
      if (before != null && !(same && before.server().equals(kept.server()))) {
        forget();
        before = null;
      }
      fingerprint = kept.fingerprint();
      failure = null;
      Outcome.Ready next =
          new Outcome.Ready(
              before == null ? member(kept.server()) : before.member(),
              before == null ? its.terms().account() : before.account(),
              all,
              version,
              kept.layout().leftOut(),
              kept.layout().snapshots());
      ready = next;
      if (closed) {
        forget();
      }
      return next;
    } catch (ServerQueryException e) {
      String state = e.sqlState();
      boolean passing =
          state.equals("42P04")
              || PASSING.contains(state.substring(0, Math.min(2, state.length())));
      return failed(String.valueOf(e.getMessage()), passing);
    }
  }

  private static PoolMember member(Address server) {
    return new PoolMember(
        new Member(server, 1, ""),
        MemberState.UP,
        false,
        false,
        "the coordinator",
        Warmup.DONE,
        new Load());
  }

  private Outcome failed(String why, boolean passing) {
    Outcome.Unready last = failure;
    if (!closed && (last == null || !last.why().equals(why))) {
      LOG.log(
          System.Logger.Level.WARNING, "the coordinator of {0} is not in step: {1}", store, why);
    }
    failedAtNanos = System.nanoTime();
    Outcome.Unready now = new Outcome.Unready(why, passing);
    failure = now;
    return now;
  }

  @Override
  public void close() {
    closed = true;
    Thread running = thread;
    if (running != null) {
      running.interrupt();
    }
    Keeper its = keeper;
    if (its != null) {
      its.close();
    }
    forget();
  }
}
