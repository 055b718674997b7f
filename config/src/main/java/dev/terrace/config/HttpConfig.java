package dev.terrace.config;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The HTTP front. */
public record HttpConfig(
    @Doc("The edge cache.") Optional<EdgeCacheConfig> cache,
    @Doc("Where requests go; the first route that matches is taken.") List<RouteConfig> routes,
    @Doc("How long a client may take to send a request's head.") @Default("10s")
        Duration headTimeout,
    @Doc("How long a member may take to start its answer.") @Default("30s")
        Duration responseTimeout,
    @Doc("How long a connection may be silent: between requests, or within a body.") @Default("60s")
        Duration idleTimeout,
    @Doc("The largest request or response head.") @Default("32KB") Size maxHead,
    @Doc("Attempts of one request in all; only what is safe to repeat is repeated.") @Default("3")
        int attempts) {

  public HttpConfig {
    Check.positive("head-timeout", headTimeout);
    Check.positive("response-timeout", responseTimeout);
    Check.positive("idle-timeout", idleTimeout);
    Check.range("max-head", maxHead.bytes(), 1024, 1 << 20);
    Check.range("attempts", attempts, 1, 10);
  }

  /** The edge cache. */
  public record EdgeCacheConfig(
      @Doc("How much memory stored responses may take.") @Default("256MB") Size memory) {}

  /** One rule of where requests go. */
  public record RouteConfig(
      @Doc("What a request must be like; empty for any.") MatchConfig match,
      @Doc("The pool that serves it.") String pool,
      @Doc("What the edge cache may keep of this route.") Optional<RouteCacheConfig> cache,
      @Doc("Keeps a client on the member that served it first.") Optional<StickyConfig> sticky) {}

  /** Conditions on a request; all that are given must hold. */
  public record MatchConfig(
      @Doc("The host, exact or *.example for any name below it.") Optional<String> host,
      @Doc("The path: exact, or a prefix that ends in /*.") Optional<String> path,
      @Doc("The method.") Optional<String> method,
      @Doc("Headers that must have these values.") Map<String, String> header,
      @Doc("Cookies that must have these values.") Map<String, String> cookie) {

    public MatchConfig {
      if (path.isPresent()) {
        String p = path.get();
        int star = p.indexOf('*');
        if (!p.startsWith("/") || (star >= 0 && (star != p.length() - 1 || !p.endsWith("/*")))) {
          throw new IllegalArgumentException(
              "path must start with /, and may end in /* for all that is below");
        }
      }
    }
  }

  /** What the edge cache may keep. */
  public record RouteCacheConfig(@Doc("How long a response is fresh.") Duration ttl) {}

  /** Keeps a client on the member that served it first. */
  public record StickyConfig(@Doc("The cookie that names the member.") String cookie) {}
}
