package dev.terrace.sql.server;

import dev.terrace.core.pool.Address;
import dev.terrace.net.EventLoops;
import dev.terrace.sql.wire.SqlError;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.IdentityHashMap;
import java.util.Set;

/** The connections of all event loops to all servers, under one limit for each server. */
public final class ServerPools implements AutoCloseable {

  /** Limits, and as whom to log in. */
  public record Terms(
      Account account,
      int maxPerServer,
      Duration connectTimeout,
      Duration acquireTimeout,
      Duration idleTimeout) {}

  private final ServerCounts counts;
  private final IdentityHashMap<EventLoop, ServerPool> byLoop = new IdentityHashMap<>();
  private volatile Terms terms;

  /** Pools without connections. */
  public ServerPools(EventLoops loops, Terms terms) {
    this.terms = terms;
    this.counts = new ServerCounts(loops.all().size());
    for (EventLoop loop : loops.all()) {
      byLoop.put(loop, new ServerPool(this, loops, loop, byLoop.size(), counts));
    }
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

  /** A connection of one loop is gone: who waits on any loop may open one. */
  void freed(Address server) {
    byLoop
        .values()
        .forEach(pool -> {
          if (counts.waits(server, pool.index())) {
            pool.loop().execute(() -> pool.serve(server));
          }
        });
  }

  /** A loop waits: others that have idle connections beyond their share close one. */
  void wanted(Address server, int byIndex) {
    byLoop
        .values()
        .forEach(pool -> {
          if (pool.index() != byIndex) {
            pool.loop().execute(() -> pool.shed(server));
          }
        });
  }

  /** Closes all connections as they are given back, and idle ones now. */
  @Override
  public void close() {
    byLoop.values().forEach(pool -> pool.loop().execute(pool::close));
  }
}
