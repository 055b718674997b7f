package dev.terrace.http.exchange;

import dev.terrace.http.wire.RequestHead;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** The pools that share a route, each with its weight; most often there is one. */
public final class RoutePools {

  private final List<RoutePool> pools;
  private final int[] upTo;

  /** Pools with their weights, in the same order. */
  public RoutePools(List<RoutePool> pools, List<Integer> weights) {
    this.pools = List.copyOf(pools);
    upTo = new int[pools.size()];
    int sum = 0;
    for (int i = 0; i < upTo.length; i++) {
      sum += weights.get(i);
      upTo[i] = sum;
    }
  }

  /** All of them. */
  public List<RoutePool> all() {
    return pools;
  }

  /** The pool of one request: that of its sticky cookie, else one by weight. */
  RoutePool choose(RouteTarget route, RequestHead head) {
    if (upTo.length == 1) {
      return pools.getFirst();
    }
    RoutePool kept = route.isSticky() ? byCookie(head.cookie(route.stickyCookie())) : null;
    return kept == null ? byWeight(ThreadLocalRandom.current().nextInt(total())) : kept;
  }

  /** The pool with the member that the cookie names, whether that is up or not; else null. */
  public @Nullable RoutePool byCookie(@Nullable String cookie) {
    if (cookie != null) {
      for (RoutePool pool : pools) {
        if (pool.stickyMembers().names(pool.pool().snapshot(), cookie)) {
          return pool;
        }
      }
    }
    return null;
  }

  private int total() {
    return upTo[upTo.length - 1];
  }

  private RoutePool byWeight(int drawn) {
    int i = 0;
    while (upTo[i] <= drawn) {
      i++;
    }
    return pools.get(i);
  }
}
