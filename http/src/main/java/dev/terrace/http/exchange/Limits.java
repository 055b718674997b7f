package dev.terrace.http.exchange;

import dev.terrace.config.HttpConfig;
import dev.terrace.config.RouteConfig;
import dev.terrace.config.Size;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/**
 * What one exchange may take.
 *
 * @param attempts attempts of a request in all
 * @param responseNanos how long a member may take to start its answer
 * @param totalNanos how long it may take in all, {@link #UNLIMITED} for ever
 * @param maxBody bytes of the request's body, {@link #UNLIMITED} for any
 * @param tunnelIdleNanos how long a tunnel may be silent, {@link #UNLIMITED} for ever
 */
public record Limits(
    int attempts,
    Set<Integer> retryOn,
    long responseNanos,
    long totalNanos,
    long maxBody,
    long tunnelIdleNanos) {

  /** No limit. */
  public static final long UNLIMITED = Long.MAX_VALUE;

  /** Those of all routes that say nothing else. */
  public static Limits of(HttpConfig http) {
    return new Limits(
        http.attempts(),
        Set.copyOf(http.retryOn()),
        http.responseTimeout().toNanos(),
        nanos(http.totalTimeout()),
        bytes(http.maxBody()),
        nanos(http.tunnelIdleTimeout()));
  }

  /** Those of a route, which may have some of its own. */
  public Limits of(RouteConfig route) {
    return new Limits(
        route.attempts().orElse(attempts),
        route.retryOn().map(Set::copyOf).orElse(retryOn),
        route.responseTimeout().map(Duration::toNanos).orElse(responseNanos),
        route.totalTimeout().isPresent() ? nanos(route.totalTimeout()) : totalNanos,
        route.maxBody().isPresent() ? bytes(route.maxBody()) : maxBody,
        tunnelIdleNanos);
  }

  private static long nanos(Optional<Duration> time) {
    return time.map(Duration::toNanos).orElse(UNLIMITED);
  }

  private static long bytes(Optional<Size> size) {
    return size.map(Size::bytes).orElse(UNLIMITED);
  }

  /** Whether an answer of that status is worth asking another member. */
  boolean retriesOn(int status) {
    return !retryOn.isEmpty() && retryOn.contains(status);
  }

  /** What is left, at most, of the time of an exchange that began then. */
  long leftNanos(long startNanos) {
    return totalNanos == UNLIMITED ? UNLIMITED : totalNanos - (System.nanoTime() - startNanos);
  }

  /** Whether the size of a body must be watched as it comes. */
  public boolean countsBody() {
    return maxBody != UNLIMITED;
  }
}
