package dev.terrace.net;

import dev.terrace.core.pool.Address;
import dev.terrace.core.signal.Metric;
import dev.terrace.core.signal.Signals;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

/** A front's TCP addresses, which a reload may change, under one limit of connections. */
public final class Listeners implements AutoCloseable {

  private final EventLoops loops;
  private final String name;
  private final Signals signals;
  private final TcpListener.Setup setup;
  private final ConnectionLimit limit = new ConnectionLimit();
  private final Map<Address, TcpListener> open = new LinkedHashMap<>();

  /**
   * No address yet.
   *
   * @param name the front's key under {@code listen}
   * @param setup adds the front's handlers to an accepted connection
   */
  public Listeners(EventLoops loops, String name, Signals signals, TcpListener.Setup setup) {
    this.loops = loops;
    this.name = name;
    this.signals = signals;
    this.setup = setup;
    signals.gauge(limit::open, Metric.CONNECTIONS, name);
    signals.gauge(ListenOverflows::count, Metric.LISTEN_OVERFLOWS);
  }

  /**
   * Listens on exactly these addresses from now on; those that are gone drain.
   *
   * @throws BindFailure if one cannot be opened; then nothing has changed
   */
  public synchronized void configure(List<Address> wanted, int maxConnections, Duration drain)
      throws BindFailure {
    Map<Address, TcpListener> fresh = new LinkedHashMap<>();
    for (Address address : wanted) {
      if (!open.containsKey(address)) {
        try {
          fresh.put(address, TcpListener.open(loops, name, address, limit, signals, setup));
        } catch (BindFailure e) {
          fresh.values().forEach(TcpListener::close);
          throw e;
        }
      }
    }
    limit.set(maxConnections);
    open.entrySet()
        .removeIf(listening -> {
          boolean gone = !wanted.contains(listening.getKey());
          if (gone) {
            listening.getValue().drain(drain);
          }
          return gone;
        });
    open.putAll(fresh);
  }

  /** The addresses listened on, with the ports that the system chose where 0 was asked for. */
  public synchronized List<Address> addresses() {
    return open.values().stream().map(TcpListener::address).toList();
  }

  /** Drains all; completes when no connection is left or the deadline has cut them. */
  public synchronized CompletableFuture<Void> drain(Duration deadline) {
    List<CompletableFuture<Void>> all = new ArrayList<>();
    open.values().forEach(listener -> all.add(listener.drain(deadline)));
    return CompletableFuture.allOf(all.toArray(CompletableFuture<?>[]::new));
  }

  @Override
  public synchronized void close() {
    open.values().forEach(TcpListener::close);
    open.clear();
  }

  /** How many client connections a front has and may have. */
  static final class ConnectionLimit {
    private final AtomicInteger open = new AtomicInteger();
    private volatile int max = Integer.MAX_VALUE;

    void set(int newMax) {
      max = newMax;
    }

    int open() {
      return open.get();
    }

    boolean tryEnter() {
      if (open.incrementAndGet() > max) {
        open.decrementAndGet();
        return false;
      }
      return true;
    }

    void leave() {
      open.decrementAndGet();
    }
  }
}
