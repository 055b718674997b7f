package dev.terrace.engine.link;

import dev.terrace.core.pool.Address;
import dev.terrace.engine.EngineFailure;
import dev.terrace.engine.EngineFailure.Kind;
import dev.terrace.engine.StoreSettings;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledThreadPoolExecutor;

/**
 * The connections to all servers of one store. A call takes one, uses it, and is over by the
 * store's timeout, whatever the server does.
 */
public final class StoreLinks<L extends Link> implements AutoCloseable {

  private final StoreSettings settings;
  private final Linker<L> linker;
  private final ScheduledThreadPoolExecutor clock;
  private final Map<Address, ServerLinks<L>> servers = new ConcurrentHashMap<>();
  private volatile boolean closed;

  /** Connects to nothing yet. */
  public StoreLinks(StoreSettings settings, Linker<L> linker) {
    this.settings = settings;
    this.linker = linker;
    this.clock = Deadline.clock(settings.store() + "-deadlines");
  }

  /** What is done with a connection. */
  @FunctionalInterface
  public interface Work<L, T> {
    /**
     * Asks and reads the answers.
     *
     * @throws IOException if the connection is of no more use
     * @throws EngineFailure if the server answered that it would not
     */
    T with(L link) throws IOException, EngineFailure;
  }

  /** Does work with a connection to a server. */
  public <T> T call(Address server, Work<L, T> work) throws EngineFailure {
    try (Deadline deadline = deadline()) {
      ServerLinks<L> links = links(server);
      L link = links.take(deadline);
      boolean whole = false;
      try {
        T result = work.with(link);
        whole = true;
        return result;
      } catch (IOException e) {
        throw Failures.lost(server, deadline, e);
      } catch (EngineFailure e) {
        whole = true;
        throw e;
      } finally {
        boolean inTime = deadline.met();
        links.give(link, !whole || !inTime || !link.inStep());
      }
    }
  }

  /** A connection of the caller's own, besides those that calls share; the caller closes it. */
  public L open(Address server) throws EngineFailure {
    try (Deadline deadline = deadline()) {
      L link;
      try {
        link = linker.open(server, deadline);
      } catch (IOException e) {
        throw Failures.connecting(server, deadline, e);
      }
      if (!deadline.met()) {
        link.close();
        throw new EngineFailure(Kind.TIMEOUT, server + " did not answer in time");
      }
      return link;
    }
  }

  private Deadline deadline() throws EngineFailure {
    if (closed) {
      throw new EngineFailure(Kind.UNREACHABLE, "Terrace is stopping");
    }
    return Deadline.in(clock, settings.timeout());
  }

  private ServerLinks<L> links(Address server) {
    ServerLinks<L> links =
        servers.computeIfAbsent(server, at -> new ServerLinks<>(at, settings, linker));
    if (closed) {
      links.close();
    }
    return links;
  }

  /** Closes what rests; calls in hand end by their deadlines. */
  @Override
  public void close() {
    closed = true;
    servers.values().forEach(ServerLinks::close);
    clock.shutdown();
  }
}
