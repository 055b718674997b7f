package dev.terrace.http;

import dev.terrace.config.PoolConfig;
import dev.terrace.config.PoolConfig.MemberProtocol;
import dev.terrace.core.pool.Address;
import dev.terrace.core.pool.Pools;
import dev.terrace.core.signal.Metric;
import dev.terrace.core.signal.Signals;
import dev.terrace.http.exchange.MemberConnections;
import dev.terrace.http.http1.Http1Connections;
import dev.terrace.http.http2.Http2MemberConnections;
import dev.terrace.net.ConnectionCounts;
import dev.terrace.net.ConnectionPool;
import dev.terrace.net.EventLoops;
import dev.terrace.net.tls.MemberTls;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The connections to the members of all pools that routes lead to: per pool, one set per loop. */
final class BackendPools implements AutoCloseable {

  private record Kept(
      ConnectionPool.Settings settings,
      MemberProtocol protocol,
      MemberChannels before,
      int maxHead,
      List<ConnectionPool> perLoop,
      List<MemberConnections> connections,
      ConnectionCounts counts,
      Set<Address> members) {

    Kept with(Set<Address> others) {
      return new Kept(settings, protocol, before, maxHead, perLoop, connections, counts, others);
    }

    boolean serves(
        ConnectionPool.Settings asked,
        MemberProtocol askedProtocol,
        MemberChannels askedBefore,
        int askedMaxHead) {
      return settings.equals(asked)
          && protocol == askedProtocol
          && before.equals(askedBefore)
          && maxHead == askedMaxHead;
    }
  }

  private final EventLoops loops;
  private final Pools members;
  private final MemberTls memberTls;
  private final Signals signals;
  private final Map<String, Kept> pools = new HashMap<>();

  BackendPools(EventLoops loops, Pools members, MemberTls memberTls, Signals signals) {
    this.loops = loops;
    this.members = members;
    this.memberTls = memberTls;
    this.signals = signals;
  }

  /** Serves exactly these pools; connections that are in use finish their work. */
  void configure(Map<String, PoolConfig> wanted, int maxHead) {
    pools
        .entrySet()
        .removeIf(known -> {
          boolean gone = !wanted.containsKey(known.getKey());
          if (gone) {
            close(known.getKey(), known.getValue());
          }
          return gone;
        });
    wanted.forEach((name, config) -> pools.put(name, configure(name, config, maxHead)));
  }

  private Kept configure(String name, PoolConfig config, int maxHead) {
    MemberChannels before = MemberChannels.of(name, config, memberTls);
    ConnectionPool.Settings settings =
        new ConnectionPool.Settings(
            config.connectTimeout(), config.idleTimeout(), config.maxConnections(), before.proxy());
    Kept old = pools.get(name);
    MemberProtocol protocol = config.protocol();
    Kept now;
    if (old != null && old.serves(settings, protocol, before, maxHead)) {
      now = old.with(members(name));
    } else {
      ConnectionCounts counts = old == null ? new ConnectionCounts() : old.counts();
      List<ConnectionPool> perLoop = open(settings, protocol, before, maxHead, counts);
      List<MemberConnections> connections =
          perLoop.stream().map(pool -> connections(pool, protocol, settings)).toList();
      now =
          new Kept(
              settings, protocol, before, maxHead, perLoop, connections, counts, members(name));
    }
    if (old != null) {
      replace(name, old, now);
    }
    addGauges(name, now);
    return now;
  }

  private Set<Address> members(String pool) {
    Set<Address> addresses = new HashSet<>();
    members.get(pool).snapshot().members().forEach(m -> addresses.add(m.member().address()));
    return addresses;
  }

  /**
   * Keeps connections to the members that a pool has now. Those to members that have left are
   * closed when they are idle; what is in use finishes its work.
   */
  void membersChanged(String name) {
    Kept old = pools.get(name);
    if (old != null) {
      Kept now = old.with(members(name));
      pools.put(name, now);
      replace(name, old, now);
      addGauges(name, now);
    }
  }

  /** Closes all connections to a member, also those in use. */
  void cut(String name, Address member) {
    Kept kept = pools.get(name);
    if (kept != null) {
      kept.counts().cut(member);
    }
  }

  private void addGauges(String name, Kept kept) {
    ConnectionCounts counts = kept.counts();
    for (Address member : kept.members()) {
      String id = member.toString();
      signals.gauge(() -> counts.idle(member), Metric.BACKEND_CONNECTIONS, name, id, "idle");
      signals.gauge(
          () -> counts.open(member) - counts.idle(member),
          Metric.BACKEND_CONNECTIONS,
          name,
          id,
          "busy");
    }
  }

  private static MemberConnections connections(
      ConnectionPool pool, MemberProtocol protocol, ConnectionPool.Settings settings) {
    return switch (protocol) {
      case HTTP1 -> new Http1Connections(pool);
      case HTTP2 -> new Http2MemberConnections(pool, settings.connectTimeout());
    };
  }

  private List<ConnectionPool> open(
      ConnectionPool.Settings settings,
      MemberProtocol protocol,
      MemberChannels before,
      int maxHead,
      ConnectionCounts counts) {
    ConnectionPool.Setup http =
        switch (protocol) {
          case HTTP1 -> Http1Connections.setup(maxHead);
          case HTTP2 -> Http2MemberConnections.setup(maxHead);
        };
    ConnectionPool.Setup setup = before.around(settings.connectTimeout(), http);
    List<EventLoop> all = loops.all();
    List<ConnectionPool> perLoop = new ArrayList<>();
    for (EventLoop loop : all) {
      perLoop.add(new ConnectionPool(loops, loop, settings, counts, setup));
    }
    return List.copyOf(perLoop);
  }

  private void replace(String name, Kept old, Kept now) {
    for (int i = 0; i < old.perLoop().size(); i++) {
      ConnectionPool before = old.perLoop().get(i);
      Runnable change =
          before == now.perLoop().get(i)
              ? () -> before.retain(now.members()::contains)
              : before::close;
      loops.all().get(i).execute(change);
    }
    for (Address member : old.members()) {
      if (!now.members().contains(member)) {
        removeGauges(name, member);
      }
    }
  }

  private void removeGauges(String pool, Address member) {
    signals.removeGauge(Metric.BACKEND_CONNECTIONS, pool, member.toString(), "idle");
    signals.removeGauge(Metric.BACKEND_CONNECTIONS, pool, member.toString(), "busy");
  }

  /** A pool's connections by index of event loop. */
  List<MemberConnections> of(String pool) {
    Kept kept = pools.get(pool);
    if (kept == null) {
      throw new IllegalArgumentException("no pool '" + pool + "'");
    }
    return kept.connections();
  }

  private void close(String name, Kept kept) {
    for (int i = 0; i < kept.perLoop().size(); i++) {
      EventLoop loop = loops.all().get(i);
      if (!loop.isShuttingDown()) {
        loop.execute(kept.perLoop().get(i)::close);
      }
    }
    kept.members().forEach(member -> removeGauges(name, member));
  }

  @Override
  public void close() {
    pools.forEach(this::close);
    pools.clear();
  }
}
