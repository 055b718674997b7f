package dev.terrace.http.exchange;

import dev.terrace.core.attempt.AttemptFailure;
import dev.terrace.core.signal.Counter;
import dev.terrace.core.signal.Histogram;
import dev.terrace.core.signal.Metric;
import dev.terrace.core.signal.Signals;
import dev.terrace.http.wire.Fault;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** The front's counters, looked up once so that a request only adds. */
public final class HttpMetrics {

  /** The name of the listener in metrics, and of the front's key under {@code listen}. */
  public static final String LISTENER = "http";

  private static final List<String> PROTOCOLS = List.of("1.1", "1.0", "2", "3");

  /** One route's counters. */
  public static final class OfRoute {
    private final Counter[] byStatusClass = new Counter[6];
    private final Map<AttemptFailure, Counter> retries = new EnumMap<>(AttemptFailure.class);
    private final Histogram seconds;
    private final Counter hedged;

    /** The counters of a route to that pool. */
    public OfRoute(Signals signals, String route, String pool) {
      for (int i = 1; i < byStatusClass.length; i++) {
        byStatusClass[i] = signals.counter(Metric.HTTP_REQUESTS, route, pool, i + "xx");
      }
      byStatusClass[0] = signals.counter(Metric.HTTP_REQUESTS, route, pool, "other");
      for (AttemptFailure cause : AttemptFailure.values()) {
        retries.put(cause, signals.counter(Metric.HTTP_RETRIES, pool, cause.name()));
      }
      seconds = signals.histogram(Metric.HTTP_SECONDS, route);
      hedged = signals.counter(Metric.HTTP_HEDGES, pool);
    }

    /** An exchange is over, after that many nanoseconds. */
    public void answered(int status, long nanos) {
      byStatusClass[status < 600 ? status / 100 : 0].increment();
      seconds.recordNanos(nanos);
    }

    /** A request is sent again after that. */
    public void retried(AttemptFailure cause) {
      count(retries, cause);
    }

    /** A second member is asked, for the first is slow. */
    public void hedged() {
      hedged.increment();
    }
  }

  private final Map<Reason, Counter> rejected = new EnumMap<>(Reason.class);
  private final Map<Fault, Counter> refused = new EnumMap<>(Fault.class);
  private final Signals signals;
  private final Counter protocolErrors;
  private final OfRoute noRoute;
  private final Counter[] spoken = new Counter[2 * PROTOCOLS.size()];

  /** The front's counters among these. */
  public HttpMetrics(Signals signals) {
    this.signals = signals;
    for (Reason reason : Reason.values()) {
      rejected.put(reason, signals.counter(Metric.HTTP_REJECTED, reason.name()));
    }
    for (Fault fault : Fault.values()) {
      if (fault != Fault.NONE) {
        refused.put(fault, signals.counter(Metric.HTTP_REJECTED, fault.name()));
      }
    }
    protocolErrors = signals.counter(Metric.PROTOCOL_ERRORS, LISTENER);
    noRoute = new OfRoute(signals, "none", "none");
    for (int i = 0; i < spoken.length; i++) {
      spoken[i] =
          signals.counter(Metric.HTTP_PROTOCOLS, PROTOCOLS.get(i / 2), String.valueOf(i % 2 == 1));
    }
  }

  /** A request came by that protocol. */
  public void spoken(String protocol, boolean secure) {
    int version =
        switch (protocol.charAt("HTTP/".length())) {
          case '2' -> 2;
          case '3' -> 3;
          default -> protocol.endsWith(".0") ? 1 : 0;
        };
    spoken[2 * version + (secure ? 1 : 0)].increment();
  }

  /** We answered a request ourselves. */
  public void rejected(Reason reason) {
    count(rejected, reason);
  }

  /** We refused what is not HTTP. */
  public void refused(Fault fault) {
    count(refused, fault);
    protocolErrors.increment();
  }

  /** We ended a connection that made more work than it may. */
  public void flooded(String kind) {
    signals.counter(Metric.HTTP_FLOODS, kind).increment();
  }

  private static <K> void count(Map<K, Counter> counters, K key) {
    Counter counter = counters.get(key);
    if (counter != null) {
      counter.increment();
    }
  }

  /** The counters of requests that no route takes. */
  public OfRoute noRoute() {
    return noRoute;
  }
}
