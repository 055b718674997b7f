package dev.terrace.http.exchange;

import dev.terrace.core.route.RouteTable;
import java.util.List;

/** What all connections of a front share; a reload swaps what they serve by. */
public final class FrontState {

  private final HttpMetrics metrics;
  private volatile Serving serving =
      new Serving(
          new RouteTable.Builder<RouteTarget>().build(),
          1024,
          1,
          new Limits(1, 1, Limits.UNLIMITED, Limits.UNLIMITED, Limits.UNLIMITED),
          new TrustedProxies(List.of()),
          1,
          1,
          null,
          null);

  /** A front without routes yet. */
  public FrontState(HttpMetrics metrics) {
    this.metrics = metrics;
  }

  /** The front's counters. */
  public HttpMetrics metrics() {
    return metrics;
  }

  /** The client sent what is no request, and was answered so. */
  public void unreadable(Exchange none, int status, String reason) {
    Observation.unreadable(serving.observing(), none.client(), status, reason);
  }

  /** How requests that come now are served. */
  public Serving serving() {
    return serving;
  }

  /** Serves requests that come from now on by this. */
  public void serve(Serving next) {
    serving = next;
  }
}
