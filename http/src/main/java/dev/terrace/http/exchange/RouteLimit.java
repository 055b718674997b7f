package dev.terrace.http.exchange;

import dev.terrace.config.LimitBy;
import dev.terrace.config.RouteConfig.RateLimitConfig;
import dev.terrace.core.attempt.RateLimiter;
import dev.terrace.core.balance.Hashing;
import dev.terrace.core.route.RouteRequest;
import dev.terrace.core.signal.Metric;
import dev.terrace.core.signal.Signals;

/** The rate limit of a route; all event loops share it. */
public final class RouteLimit {

  /** An IPv6 client has a network of that many bytes to take addresses from (RFC 6177). */
  private static final int NETWORK_BYTES = 8;

  private final LimitBy by;
  private final RateLimiter limiter;

  /** As the file has it, of the route of that name, unused. */
  public RouteLimit(RateLimitConfig config, String route, Signals signals) {
    by = config.by();
    int keys = by instanceof LimitBy.Route ? 1 : config.maxKeys();
    limiter =
        new RateLimiter(
            config.rate().perSecond(),
            config.capacity(),
            keys,
            signals.counter(Metric.HTTP_RATE_LIMIT_FORGOTTEN, route));
  }

  /** Takes one request in: 0; else the nanoseconds until one more is taken. */
  long take(RouteRequest request, ClientPeer client, long nowNanos) {
    return limiter.tryTake(key(request, client), nowNanos);
  }

  private long key(RouteRequest request, ClientPeer client) {
    return switch (by) {
      case LimitBy.Route() -> 1;
      case LimitBy.Client() -> key(client.addressBytes());
      case LimitBy.Header(String name) -> {
        CharSequence value = request.header(name);
        yield Hashing.hash(value == null ? "" : value);
      }
    };
  }

  private static long key(byte[] address) {
    long bits = 0;
    for (int i = 0; i < Math.min(address.length, NETWORK_BYTES); i++) {
      bits = bits << 8 | (address[i] & 0xFF);
    }
    return Hashing.mix(bits);
  }
}
