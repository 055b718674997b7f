package dev.terrace.http;

import dev.terrace.config.PoolConfig;
import dev.terrace.config.RouteConfig;
import dev.terrace.config.RouteConfig.RateLimitConfig;
import dev.terrace.config.RouteConfig.RedirectConfig;
import dev.terrace.config.RouteConfig.RespondConfig;
import dev.terrace.core.attempt.HedgePolicy;
import dev.terrace.core.balance.HashInput;
import dev.terrace.core.pool.Pools;
import dev.terrace.core.route.RedirectTarget;
import dev.terrace.core.signal.Signals;
import dev.terrace.http.exchange.HttpMetrics;
import dev.terrace.http.exchange.Limits;
import dev.terrace.http.exchange.Mirror;
import dev.terrace.http.exchange.PoolGate;
import dev.terrace.http.exchange.Rewriting;
import dev.terrace.http.exchange.RouteAction;
import dev.terrace.http.exchange.RouteLimit;
import dev.terrace.http.exchange.RoutePool;
import dev.terrace.http.exchange.RoutePools;
import dev.terrace.http.exchange.RouteTarget;
import dev.terrace.http.exchange.StickyMembers;
import dev.terrace.http.head.LocalAnswer;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Makes what routes lead to out of the file; what pools have in hand outlives reloads here. */
final class RouteTargets implements AutoCloseable {

  /** What makes a rate limit the same one after a reload. */
  private record Limited(String route, RateLimitConfig config) {}

  private final List<EventLoop> loops;
  private final Pools pools;
  private final BackendPools backends;
  private final Signals signals;
  private final Map<String, PoolGate> gates = new HashMap<>();
  private final Map<Limited, RouteLimit> rates = new HashMap<>();

  RouteTargets(List<EventLoop> loops, Pools pools, BackendPools backends, Signals signals) {
    this.loops = loops;
    this.pools = pools;
    this.backends = backends;
    this.signals = signals;
  }

  /** From now on there are these routes, and they lead to these pools. */
  void configure(List<RouteConfig> routes, Map<String, PoolConfig> used) {
    gates
        .entrySet()
        .removeIf(known -> {
          boolean gone = !used.containsKey(known.getKey());
          if (gone) {
            known.getValue().close();
          }
          return gone;
        });
    used.forEach((name, config) ->
        gates
            .computeIfAbsent(name, n -> new PoolGate(pools.get(n), loops, signals))
            .configure(config));
    Set<RateLimitConfig> limits = new HashSet<>();
    routes.forEach(route -> route.rateLimit().ifPresent(limits::add));
    rates.keySet().removeIf(known -> !limits.contains(known.config()));
  }

  /** Follows a pool whose members have become others. */
  void membersChanged(String pool) {
    PoolGate gate = gates.get(pool);
    if (gate != null) {
      gate.membersChanged();
    }
  }

  /**
   * What a route leads to.
   *
   * @param whole the limits of routes that have none of their own
   */
  RouteTarget of(String label, RouteConfig route, Limits whole) {
    RouteAction action = action(label, route);
    return new RouteTarget(
        label,
        action,
        whole.of(route),
        route.sticky().map(sticky -> sticky.cookie()).orElse(""),
        route.hedge().map(hedge -> new HedgePolicy(hedge.after().toNanos())).orElse(null),
        route
            .rateLimit()
            .map(config ->
                rates.computeIfAbsent(
                    new Limited(label, config), l -> new RouteLimit(config, label, signals)))
            .orElse(null),
        route.rewrite().map(rewrite -> Rewriting.of(rewrite, route.match())).orElse(null),
        route
            .mirror()
            .map(mirror -> new Mirror(pool(label, mirror.pool()), mirror.share().share(), signals))
            .orElse(null),
        action instanceof RouteAction.Forward(RoutePools to)
            ? to.all().getFirst().metrics()
            : new HttpMetrics.OfRoute(signals, label, "none"));
  }

  private RouteAction action(String label, RouteConfig route) {
    if (route.redirect().isPresent()) {
      RedirectConfig redirect = route.redirect().get();
      return new RouteAction.Redirect(redirect.status(), new RedirectTarget(redirect.to()));
    }
    if (route.respond().isPresent()) {
      RespondConfig fixed = route.respond().get();
      return new RouteAction.Respond(
          LocalAnswer.fixed(fixed.status(), fixed.headers(), fixed.body()));
    }
    List<RoutePool> serving = new ArrayList<>();
    List<Integer> weights = new ArrayList<>();
    for (String name : route.serving()) {
      serving.add(pool(label, name));
      weights.add(route.pools().getOrDefault(name, 1));
    }
    return new RouteAction.Forward(
        new RoutePools(serving, weights, route.splitBy().orElseGet(HashInput.None::new)));
  }

  private RoutePool pool(String label, String name) {
    PoolGate gate = gates.get(name);
    if (gate == null) {
      throw new IllegalArgumentException("no pool '" + name + "'");
    }
    return new RoutePool(
        pools.get(name),
        gate,
        new StickyMembers(),
        backends.of(name),
        new HttpMetrics.OfRoute(signals, label, name));
  }

  @Override
  public void close() {
    gates.values().forEach(PoolGate::close);
    gates.clear();
  }
}
