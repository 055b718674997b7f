package dev.terrace.http.exchange;

import dev.terrace.core.signal.Counter;
import dev.terrace.core.signal.Metric;
import dev.terrace.core.signal.Signals;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * The copies that a route sends to another pool, whose answers nobody sees. The request itself
 * never waits for its copy.
 */
public final class Mirror {

  private final RoutePool pool;
  private final double share;
  private final Counter answered;
  private final Counter failed;
  private final Counter tooSlow;

  /**
   * Copies to that pool.
   *
   * @param share of the requests, 0 to 1
   */
  public Mirror(RoutePool pool, double share, Signals signals) {
    this.pool = pool;
    this.share = share;
    String name = pool.pool().name();
    answered = signals.counter(Metric.HTTP_MIRRORED, name, "answered");
    failed = signals.counter(Metric.HTTP_MIRRORED, name, "failed");
    tooSlow = signals.counter(Metric.HTTP_MIRRORED, name, "too-slow");
  }

  /** The pool that gets the copies. */
  public RoutePool pool() {
    return pool;
  }

  /** The share of requests that are copied, 0 to 1. */
  public double share() {
    return share;
  }

  /** Begins to copy the exchange's request, if it is this one's turn; else null. */
  @Nullable MirroredRequest begin(Exchange exchange) {
    if (share < 1 && ThreadLocalRandom.current().nextDouble() >= share) {
      return null;
    }
    MirroredRequest copy = new MirroredRequest(this, exchange);
    return copy.begin() ? copy : null;
  }

  /** A copy was answered. */
  void answered() {
    answered.increment();
  }

  /** A copy came to nothing. */
  void failed() {
    failed.increment();
  }

  /** A copy was given up, for its member took it more slowly than it came. */
  void tooSlow() {
    tooSlow.increment();
  }
}
