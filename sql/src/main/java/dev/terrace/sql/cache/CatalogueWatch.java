package dev.terrace.sql.cache;

import dev.terrace.core.pool.Address;
import dev.terrace.sql.server.ServerQueries;
import dev.terrace.sql.server.ServerQueryException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Knows the catalogue of a store's servers, or knows that it does not: it is read when results are
 * to be kept, after each change of the schema that passes, and from time to time.
 */
final class CatalogueWatch implements AutoCloseable {

  private static final System.Logger LOG = System.getLogger(CatalogueWatch.class.getName());

  /** Servers are not asked more often than that, however often the schema changes. */
  private static final long PAUSE_MILLIS = 50;

  private static final long FAILED_PAUSE_MILLIS = 1000;

  private final String store;
  private final Supplier<List<Optional<Address>>> primaries;
  private final ServerQueries queries;
  private final Runnable changed;
  private final Semaphore hurry = new Semaphore(0);

  private volatile @Nullable Catalogue catalogue;
  private final AtomicLong generation = new AtomicLong();
  private volatile boolean closed;
  private @Nullable Duration every;
  private @Nullable Thread thread;
  private int changing;
  private String failure = "";

  /**
   * Knows nothing yet.
   *
   * @param changed told when another catalogue counts than before
   */
  CatalogueWatch(
      String store,
      Supplier<List<Optional<Address>>> primaries,
      ServerQueries queries,
      Runnable changed) {
    this.store = store;
    this.primaries = primaries;
    this.queries = queries;
    this.changed = changed;
  }

  /** Reads it so often from now on, and at once; not at all if empty. */
  synchronized void every(Optional<Duration> interval) {
    every = interval.orElse(null);
    forget();
    if (interval.isPresent() && thread == null && !closed) {
      thread = Thread.ofVirtual().name("sql-cache-catalogue").start(this::run);
    }
    hurry.release();
  }

  /** The catalogue, null while it is not known. */
  @Nullable Catalogue now() {
    return catalogue;
  }

  /** Grows whenever it may have changed. */
  long generation() {
    return generation.get();
  }

  /** A statement begins that may change the schema. */
  synchronized void schemaChanges() {
    changing++;
    forget();
  }

  /** It has ended. */
  synchronized void schemaChanged() {
    changing--;
    forget();
    hurry.release();
  }

  private synchronized void forget() {
    catalogue = null;
    generation.incrementAndGet();
  }

  private void run() {
    try {
      while (!closed) {
        long pause = look();
        if (pause == 0) {
          return;
        }
        TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
        hurry.tryAcquire(pause, TimeUnit.MILLISECONDS);
        hurry.drainPermits();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Reads it; for how long that will do, 0 if it is not wanted any more. */
  private long look() {
    long before;
    synchronized (this) {
      if (every == null) {
        thread = null;
        return 0;
      }
      before = generation.get();
    }
    List<Optional<Address>> servers = primaries.get();
    if (servers.stream().anyMatch(Optional::isEmpty)) {
      return FAILED_PAUSE_MILLIS;
    }
    try {
      List<Address> all = servers.stream().flatMap(Optional::stream).toList();
      found(CatalogueReader.read(queries, all), before);
      failure = "";
    } catch (ServerQueryException e) {
      failed(String.valueOf(e.getMessage()));
      return FAILED_PAUSE_MILLIS;
    }
    Duration pause = every;
    return pause == null ? FAILED_PAUSE_MILLIS : Math.max(1, pause.toMillis());
  }

  private void failed(String why) {
    if (!closed && !why.equals(failure)) {
      LOG.log(
          System.Logger.Level.WARNING,
          "no results of {0} are kept, for its catalogue cannot be read: {1}",
          store,
          why);
    }
    failure = why;
  }

  private synchronized void found(Catalogue read, long before) {
    // A change of the schema that passed since may not be in it; it is read once more after that.
    boolean counts = generation.get() == before && changing == 0;
    if (counts && !read.equals(catalogue)) {
      // In this order: who knows the new number knows the new catalogue too.
      catalogue = read;
      generation.incrementAndGet();
      changed.run();
    }
  }

  @Override
  public void close() {
    closed = true;
    synchronized (this) {
      every = null;
      forget();
    }
    hurry.release();
  }
}
