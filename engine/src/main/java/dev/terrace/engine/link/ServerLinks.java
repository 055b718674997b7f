package dev.terrace.engine.link;

import dev.terrace.core.pool.Address;
import dev.terrace.engine.EngineFailure;
import dev.terrace.engine.EngineFailure.Kind;
import dev.terrace.engine.StoreSettings;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The connections to one server: as many as are needed at once, up to a limit, kept while in use.
 * It tries nothing twice: whether to ask again, and where, is for the caller to decide.
 */
final class ServerLinks<L extends Link> implements AutoCloseable {

  /** A connection that has rested longer is asked whether it still lives. */
  private static final long TRUST_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  private static final long REST_NANOS_MAX = TimeUnit.SECONDS.toNanos(60);

  private record Rested<L>(L link, long sinceNanos) {}

  private final Address server;
  private final StoreSettings settings;
  private final Linker<L> linker;
  private final Semaphore free;
  private final Deque<Rested<L>> rested = new ArrayDeque<>();
  private boolean closed;

  ServerLinks(Address server, StoreSettings settings, Linker<L> linker) {
    this.server = server;
    this.settings = settings;
    this.linker = linker;
    this.free = new Semaphore(settings.maxConnections(), true);
  }

  /** A connection that works, as far as can be known; {@link #give} must follow. */
  L take(Deadline deadline) throws EngineFailure {
    try {
      if (!free.tryAcquire(deadline.left().toNanos(), TimeUnit.NANOSECONDS)) {
        throw new EngineFailure(
            Kind.TIMEOUT,
            "all " + settings.maxConnections() + " connections to " + server + " are in use");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new EngineFailure(Kind.UNREACHABLE, "Terrace is stopping", e);
    }
    L taken = null;
    try {
      L ready = livingOne(deadline);
      taken = ready == null ? opened(deadline) : ready;
      return taken;
    } finally {
      if (taken == null) {
        free.release();
      }
    }
  }

  private L opened(Deadline deadline) throws EngineFailure {
    try {
      L link = linker.open(server, deadline);
      deadline.guard(link);
      return link;
    } catch (IOException e) {
      throw Failures.connecting(server, deadline, e);
    }
  }

  private @Nullable L livingOne(Deadline deadline) throws EngineFailure {
    while (true) {
      Rested<L> candidate;
      synchronized (this) {
        if (closed) {
          throw new EngineFailure(Kind.UNREACHABLE, "Terrace is stopping");
        }
        closeRested(System.nanoTime() - REST_NANOS_MAX);
        candidate = rested.pollFirst();
      }
      if (candidate == null) {
        return null;
      }
      L link = candidate.link();
      deadline.guard(link);
      if (System.nanoTime() - candidate.sinceNanos() < TRUST_NANOS) {
        return link;
      }
      try {
        link.check();
        return link;
      } catch (IOException e) {
        link.close();
        if (deadline.passed()) {
          throw Failures.lost(server, deadline, e);
        }
      }
    }
  }

  /** Gives a connection back; a broken one takes those down that rested meanwhile. */
  void give(L link, boolean broken) {
    synchronized (this) {
      if (broken || closed) {
        link.close();
        closeRested(Long.MAX_VALUE);
      } else {
        rested.addFirst(new Rested<>(link, System.nanoTime()));
      }
    }
    free.release();
  }

  /** Closes those that rest since before that reading of the nano clock, the oldest first. */
  private void closeRested(long beforeNanos) {
    boolean all = beforeNanos == Long.MAX_VALUE;
    while (!rested.isEmpty() && (all || rested.getLast().sinceNanos() - beforeNanos < 0)) {
      rested.removeLast().link().close();
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    closeRested(Long.MAX_VALUE);
  }
}
