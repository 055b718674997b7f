package dev.terrace.config;

import dev.terrace.core.balance.HashInput;
import dev.terrace.core.route.Network;
import dev.terrace.core.route.PathRegex;
import dev.terrace.core.route.RouteRule;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One rule of where requests go: to a pool, to several by weight, elsewhere, or no further. */
public record RouteConfig(
    @Doc("What a request must be like; empty for any.") MatchConfig match,
    @Doc("The pool that serves it; or one of pools, redirect and respond.") Optional<String> pool,
    @Doc("Pools that share the route, each with its weight.") Map<String, Integer> pools,
    @Doc(
            "What of a request decides which of pools it goes to, so that the same value always goes"
                + " to the same: client-ip, path, header:NAME, cookie:NAME or query:NAME; a request"
                + " without it, and each if this is left out, goes to one by chance.")
        Optional<HashInput> splitBy,
    @Doc("Sends the client elsewhere.") Optional<RedirectConfig> redirect,
    @Doc("A fixed answer.") Optional<RespondConfig> respond,
    @Doc("What is changed in requests and answers on their way.") Optional<RewriteConfig> rewrite,
    @Doc("Sends a share of the requests to another pool too, whose answers nobody sees.")
        Optional<MirrorConfig> mirror,
    @Doc("How many requests may come; one more is answered with 429.")
        Optional<RateLimitConfig> rateLimit,
    @Doc("Keeps a client on the member that served it first.") Optional<StickyConfig> sticky,
    @Doc("What the edge cache may keep of this route.") Optional<RouteCacheConfig> cache,
    @Doc("As http.response-timeout, for this route.") Optional<Duration> responseTimeout,
    @Doc("As http.total-timeout, for this route.") Optional<Duration> totalTimeout,
    @Doc("As http.attempts, for this route.") Optional<Integer> attempts,
    @Doc("As http.retry-on, for this route.") Optional<List<Integer>> retryOn,
    @Doc("As http.max-body, for this route.") Optional<Size> maxBody,
    @Doc("Asks a second member when the first is slow.") Optional<HedgeConfig> hedge) {

  /** The largest weight of a pool: shares down to a ten-thousandth can be told. */
  public static final int WEIGHT_MAX = 10_000;

  public RouteConfig {
    responseTimeout.ifPresent(timeout -> Check.positive("response-timeout", timeout));
    totalTimeout.ifPresent(timeout -> Check.positive("total-timeout", timeout));
    attempts.ifPresent(count -> Check.range("attempts", count, 1, 10));
    retryOn.ifPresent(statuses -> statuses.forEach(Check::retriable));
    pools.forEach((name, weight) -> {
      if (weight < 1 || weight > WEIGHT_MAX) {
        throw new IllegalArgumentException(
            "pools must have weights from 1 to " + WEIGHT_MAX + ", not " + name + ": " + weight);
      }
    });
    int ends =
        (pool.isPresent() ? 1 : 0)
            + (pools.isEmpty() ? 0 : 1)
            + (redirect.isPresent() ? 1 : 0)
            + (respond.isPresent() ? 1 : 0);
    if (ends != 1) {
      throw new IllegalArgumentException(
          "a route has exactly one of pool, pools, redirect and respond");
    }
  }

  /** The pools that may serve a request, in the order of the file. */
  public List<String> serving() {
    List<String> names = new ArrayList<>(pools.keySet());
    pool.ifPresent(names::add);
    return names;
  }

  /** All pools that are sent requests: those that serve, and the mirror's. */
  public List<String> sentTo() {
    List<String> names = serving();
    mirror.ifPresent(copies -> names.add(copies.pool()));
    return names;
  }

  /** Conditions on a request; all that are given must hold. */
  public record MatchConfig(
      @Doc("The host, exact or *.example for any name below it.") Optional<String> host,
      @Doc("The path: exact, or a prefix that ends in /*.") Optional<String> path,
      @Doc(
              "A regular expression (java.util.regex) that the whole path matches; one that takes too"
                  + " long does not match.")
          Optional<PathRegex> pathRegex,
      @Doc("The method.") Optional<String> method,
      @Doc("Headers that must have these values.") Map<String, String> header,
      @Doc("Cookies that must have these values.") Map<String, String> cookie,
      @Doc("Query parameters that must have these values.") Map<String, String> query,
      @Doc("Networks that the client's address must be in one of.") List<Network> client) {

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

    /** The same as a rule of the core. */
    public RouteRule rule() {
      return new RouteRule(host, path, pathRegex, method, header, cookie, query, client);
    }
  }

  /** Where a client is sent to. */
  public record RedirectConfig(
      @Doc("The new URL; {scheme}, {host}, {path} and {query} stand for the request's own.")
          String to,
      @Doc("301, 302, 303, 307 or 308.") @Default("308") int status) {

    public RedirectConfig {
      if (!List.of(301, 302, 303, 307, 308).contains(status)) {
        throw new IllegalArgumentException(
            "status must be 301, 302, 303, 307 or 308, not " + status);
      }
    }
  }

  /** A fixed answer. */
  public record RespondConfig(
      @Doc("The status.") @Default("200") int status,
      @Doc("The body.") @Default("") String body,
      @Doc("Headers besides Content-Length and Date.") Map<String, String> headers) {

    public RespondConfig {
      Check.range("status", status, 200, 599);
      if (!body.isEmpty() && (status == 204 || status == 205 || status == 304)) {
        throw new IllegalArgumentException(
            "body must be left out: an answer of status " + status + " has none");
      }
    }
  }

  /** What is changed on the way. */
  public record RewriteConfig(
      @Doc(
              "The new path; one that ends in /* replaces the prefix that match.path names; $1 stands"
                  + " for the first group of match.path-regex.")
          Optional<String> path,
      @Doc("The Host that members see.") Optional<String> host,
      @Doc("Headers of requests.") HeaderEditsConfig requestHeaders,
      @Doc("Headers of answers.") HeaderEditsConfig responseHeaders) {

    public RewriteConfig {
      if (path.isPresent() && !path.get().startsWith("/")) {
        throw new IllegalArgumentException("path must start with /");
      }
    }
  }

  /** Changes of headers: first those to remove, then to set, then to add. */
  public record HeaderEditsConfig(
      @Doc("Headers that get this value, instead of any that they have.") Map<String, String> set,
      @Doc("Headers that are added to those that are there.") Map<String, String> add,
      @Doc("Headers that are removed.") List<String> remove) {}

  /** A pool that is sent copies. */
  public record MirrorConfig(
      @Doc("The pool.") String pool,
      @Doc("The share of the requests that is copied.") @Default("100%") Percent share) {}

  /** How many requests may come. */
  public record RateLimitConfig(
      @Doc("How many on average, as in 100/s, 30/m or 5/h.") Rate rate,
      @Doc("How many may come at once; the rate's number if left out.") Optional<Integer> burst,
      @Doc(
              "What has a limit of its own: the route, each client address, or each value of a header"
                  + " (header:NAME).")
          @Default("route")
          LimitBy by,
      @Doc("Clients or values that are told apart at once; 16 bytes each.") @Default("65536")
          int maxKeys) {

    public RateLimitConfig {
      burst.ifPresent(count -> Check.positive("burst", count));
      Check.range("max-keys", maxKeys, 1, 1 << 24);
    }

    /** How many may come at once. */
    public int capacity() {
      return burst.orElse(rate.count());
    }
  }

  /** Asks a second member when the first is slow. */
  public record HedgeConfig(
      @Doc(
              "How long the first has; only requests that are idempotent and have no body are asked"
                  + " twice.")
          Duration after) {

    public HedgeConfig {
      Check.positive("after", after);
    }
  }

  /** What the edge cache may keep. */
  public record RouteCacheConfig(@Doc("How long a response is fresh.") Duration ttl) {}

  /** Keeps a client on the member that served it first. */
  public record StickyConfig(@Doc("The cookie that names the member.") String cookie) {}
}
