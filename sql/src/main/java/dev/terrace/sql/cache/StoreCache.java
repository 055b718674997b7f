package dev.terrace.sql.cache;

import dev.terrace.core.pool.Address;
import dev.terrace.core.signal.Signals;
import dev.terrace.sql.plan.CacheTerms;
import dev.terrace.sql.plan.Effects.Beyond;
import dev.terrace.sql.plan.Plan;
import dev.terrace.sql.server.ServerQueries;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What is kept of one store's results, and what is known of writes to its tables. For use by all
 * event loops.
 */
public final class StoreCache implements AutoCloseable {

  private final String store;
  private final KeptResults results;
  private final CacheCounts counts;
  private final Versions versions = new Versions();
  private final Map<RequestKey, Fill> fills = new ConcurrentHashMap<>();
  private final CatalogueWatch watch;
  private volatile @Nullable CacheTerms terms;

  /**
   * Keeps nothing yet.
   *
   * @param results where results are kept
   * @param primaries by shard; empty where none is up
   */
  public StoreCache(
      String store,
      KeptResults results,
      Supplier<List<Optional<Address>>> primaries,
      ServerQueries queries,
      Signals signals) {
    this.store = store;
    this.results = results;
    this.counts = new CacheCounts(signals, store);
    this.watch = new CatalogueWatch(store, primaries, queries, versions::forget);
  }

  /** By this file from now on: nothing of before counts. */
  public void configure(Optional<CacheTerms> next) {
    terms = next.orElse(null);
    versions.forget();
    results.purge(store);
    watch.every(next.map(t -> t.config().every()));
  }

  /** Whether anything is to be kept at all. */
  public boolean isOn() {
    return terms != null;
  }

  KeptResults results() {
    return results;
  }

  /** What is counted. */
  public CacheCounts counts() {
    return counts;
  }

  /** Whether the servers' catalogue is known, without which nothing is kept. */
  public boolean knowsCatalogue() {
    return watch.now() != null;
  }

  /** Whether a statement's result may be kept. */
  public Verdict verdict(Plan plan) {
    CacheTerms now = terms;
    return now == null
        ? new Verdict.Unasked("nothing is kept of this store")
        : Keepable.of(plan, now, Optional.ofNullable(watch.now()));
  }

  /** A result that is to be kept is not even looked for. */
  public void passedBy(NotKept why) {
    counts.notKept(why);
  }

  /** What is kept for a request; null if nothing is, and then {@link #turn} tells what to do. */
  public @Nullable Kept find(RequestKey key) {
    Kept kept = results.find(key, counts);
    if (kept != null) {
      counts.hit();
    }
    return kept;
  }

  /**
   * Has the answer to a request recorded, or has the caller wait for another who asks the same.
   *
   * @param plan of the statement, whose verdict is asked for once more
   * @param leads whether others may wait for the caller's answer
   * @param wait told, on any thread, when the other's answer is kept or will not be; empty if the
   *     caller cannot wait
   */
  public Turn turn(Plan plan, RequestKey key, boolean leads, Optional<? extends Runnable> wait) {
    if (joins(fills.get(key), wait)) {
      return new Turn.Waits();
    }
    Recording recording = record(plan, key);
    if (recording != null && leads) {
      Fill mine = recording.fill();
      Fill first =
          fills.compute(key, (k, known) -> known != null && known.isAwaitable() ? known : mine);
      if (first != mine && joins(first, wait)) {
        return new Turn.Waits();
      }
    }
    counts.miss();
    return new Turn.Asks(recording);
  }

  private boolean joins(@Nullable Fill fill, Optional<? extends Runnable> wait) {
    boolean joins = fill != null && wait.isPresent() && fill.join(wait.get());
    if (joins) {
      counts.joined();
    }
    return joins;
  }

  /** Nobody is to wait for an answer any more. */
  void ends(RequestKey key, Fill fill) {
    fills.remove(key, fill);
    fill.end();
  }

  /** Begins to record an answer, before it is asked for; null if it cannot be kept. */
  private @Nullable Recording record(Plan plan, RequestKey key) {
    long since = System.nanoTime();
    long generation = watch.generation();
    if (!(verdict(plan) instanceof Verdict.Keep keep)) {
      counts.notKept(NotKept.CATALOGUE);
      return null;
    }
    Versions.Seen seen = versions.look(keep.tables());
    // Should another catalogue come to count later than this, the numbers count no more.
    if (!seen.isSteady() || generation != watch.generation()) {
      counts.notKept(NotKept.WRITTEN);
      return null;
    }
    return new Recording(this, key, seen, since + keep.ttl().toNanos());
  }

  /** A write begins: to be called before anybody can see it. */
  public Writing begin(Touched touched) {
    boolean schema = touched.beyond() == Beyond.SCHEMA;
    if (schema) {
      watch.schemaChanges();
    }
    long generation = watch.generation();
    Catalogue catalogue = watch.now();
    boolean named = touched.beyond() == Beyond.NOTHING && catalogue != null;
    if (named
        && catalogue != null
        && catalogue.write(touched.tables()) instanceof Catalogue.Reach.Known known) {
      return new Writing(versions.begin(known.tables()), false, false, generation);
    }
    return new Writing(versions.beginEverything(), schema, true, generation);
  }

  /** A write has ended, and whoever made it is told only now. */
  public void end(Writing writing) {
    boolean unforeseen = !writing.isOfEverything() && writing.generation() != watch.generation();
    if (unforeseen) {
      // It may have met a trigger, say, that was made meanwhile.
      versions.forget();
    }
    writing.end();
    if (writing.isOfSchema()) {
      watch.schemaChanged();
    }
  }

  /** The server was lost that a write was under way at: it may still come about for a while. */
  public void leave(Writing writing) {
    CacheTerms now = terms;
    Duration doubt = (now == null ? results.config() : now.config()).doubt();
    Executor later = CompletableFuture.delayedExecutor(doubt.toNanos(), TimeUnit.NANOSECONDS);
    later.execute(() -> end(writing));
  }

  /** Nothing that is kept counts any more. */
  public void forget() {
    versions.forget();
  }

  /** Forgets what is kept; how many results it were. */
  public int purge() {
    versions.forget();
    return results.purge(store);
  }

  @Override
  public void close() {
    terms = null;
    purge();
    watch.close();
  }
}
