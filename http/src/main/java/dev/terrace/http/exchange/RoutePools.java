package dev.terrace.http.exchange;

import dev.terrace.core.balance.HashInput;
import dev.terrace.core.balance.Hashing;
import dev.terrace.core.balance.WeightedSplit;
import dev.terrace.core.route.RouteRequest;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** The pools that share a route, each with its weight; most often there is one. */
public final class RoutePools {

  private final List<RoutePool> pools;
  private final WeightedSplit split;
  private final HashInput splitBy;

  /**
   * Pools with their weights, in the same order.
   *
   * @param splitBy what decides among them, if it is not chance alone
   */
  public RoutePools(List<RoutePool> pools, List<Integer> weights, HashInput splitBy) {
    this.pools = List.copyOf(pools);
    this.splitBy = splitBy;
    split = new WeightedSplit(pools.stream().map(pool -> pool.pool().name()).toList(), weights);
  }

  /** All of them. */
  public List<RoutePool> all() {
    return pools;
  }

  /**
   * The pool of one request: that of its sticky cookie, else that of its key, else a random one.
   */
  RoutePool choose(RouteTarget route, RouteRequest request, ClientPeer client) {
    if (pools.size() == 1) {
      return pools.getFirst();
    }
    CharSequence cookie = route.isSticky() ? request.cookie(route.stickyCookie()) : null;
    RoutePool kept = cookie == null ? null : byCookie(cookie.toString());
    if (kept != null) {
      return kept;
    }
    CharSequence key = RequestKey.text(splitBy, request, client.address());
    // Hashed as no text, all requests without a key would go to one pool whatever the weights.
    long hash = key.isEmpty() ? ThreadLocalRandom.current().nextLong() : Hashing.hash(key);
    return pools.get(split.choose(hash));
  }

  /** The pool with the member that the cookie names, whether that is up or not; else null. */
  private @Nullable RoutePool byCookie(String cookie) {
    for (RoutePool pool : pools) {
      if (pool.stickyMembers().names(pool.pool().snapshot(), cookie)) {
        return pool;
      }
    }
    return null;
  }
}
