package dev.terrace.sql.server;

import dev.terrace.core.pool.Address;
import dev.terrace.net.EventLoops;
import dev.terrace.sql.wire.SqlError;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** The connections of all event loops to all servers, under one limit for each server. */
public final class ServerPools implements AutoCloseable {

  /**
   * Limits.
   *
   * @param maxWaiting who may wait for one server on one loop
   * @param reset wipes what a session left behind in a connection
   */
  public record Terms(
      int maxPerServer,
      Duration connectTimeout,
      Duration acquireTimeout,
      int maxWaiting,
      Duration idleTimeout,
      Duration lifetime,
      String reset) {}

  private final ServerCounts counts;
  private final IdentityHashMap<EventLoop, ServerPool> byLoop = new IdentityHashMap<>();
  private final List<ServerPool> inTurn;
  private volatile Terms terms;

  /** Pools without connections. */
  public ServerPools(EventLoops loops, Terms terms) {
    this.terms = terms;
    this.counts = new ServerCounts(loops.all().size());
    for (EventLoop loop : loops.all()) {
      byLoop.put(loop, new ServerPool(this, loops, loop, byLoop.size(), counts));
    }
    this.inTurn =
        byLoop.values().stream().sorted(Comparator.comparingInt(ServerPool::index)).toList();
    byLoop.values().forEach(pool -> pool.loop().execute(pool::scheduleSweep));
  }

  /** The pool of that loop. */
  public ServerPool of(EventLoop loop) {
    ServerPool pool = byLoop.get(loop);
    if (pool == null) {
      throw new IllegalArgumentException("not one of the loops");
    }
    return pool;
  }

  /** Applies new terms; idle connections that do not fit them close. */
  public void configure(Terms next, Set<Address> wanted) {
    terms = next;
    byLoop.values().forEach(pool -> pool.loop().execute(() -> pool.retain(wanted)));
  }

  /**
   * Ends all connections to a server, whatever they do: nothing may be sent to it any more.
   *
   * @param why what their users are told
   */
  public void cut(Address server, SqlError why) {
    byLoop.values().forEach(pool -> pool.loop().execute(() -> pool.cut(server, why)));
  }

  Terms terms() {
    return terms;
  }

  /** Connections to the server, idle ones included. */
  public int open(Address server) {
    return counts.openCount(server);
  }

  /** Connections to the server that nobody uses. */
  public int idle(Address server) {
    return counts.idleCount(server);
  }

  /** Who waits for a connection to the server. */
  public int waiting(Address server) {
    return counts.waitingCount(server);
  }

  /**
   * A connection of one loop is gone: who waits on any loop may open one, one loop after the other
   * and that one last.
   */
  void freed(Address server, int byIndex) {
    offer(server, byIndex, 1);
  }

  private void offer(Address server, int byIndex, int first) {
    for (int turn = first; turn <= inTurn.size(); turn++) {
      ServerPool pool = inTurn.get((byIndex + turn) % inTurn.size());
      if (counts.waits(server, pool.index())) {
        int next = turn + 1;
        pool.loop()
            .execute(() -> {
              pool.serve(server);
              offer(server, byIndex, next);
            });
        return;
      }
    }
  }

  /** A loop waits: others that have idle connections beyond their share close one. */
  void wanted(Address server, int byIndex) {
    if (counts.looksLater(server, byIndex)) {
      inTurn
          .get(byIndex)
          .loop()
          .schedule(
              () -> stillWanted(server, byIndex),
              ServerCounts.STUCK_NANOS + 1_000_000,
              TimeUnit.NANOSECONDS);
    }
    byLoop
        .values()
        .forEach(pool -> {
          if (pool.index() != byIndex) {
            pool.loop().execute(() -> pool.shed(server));
          }
        });
  }

  private void stillWanted(Address server, int byIndex) {
    if (counts.looks(server, byIndex)) {
      wanted(server, byIndex);
    }
  }

  /** Closes all connections as they are given back, and idle ones now. */
  @Override
  public void close() {
    byLoop.values().forEach(pool -> pool.loop().execute(pool::close));
  }
}
