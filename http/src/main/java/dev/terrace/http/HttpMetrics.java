package dev.terrace.http;

import dev.terrace.core.attempt.AttemptFailure;
import dev.terrace.core.signal.Counter;
import dev.terrace.core.signal.Histogram;
import dev.terrace.core.signal.Metric;
import dev.terrace.core.signal.Signals;
import dev.terrace.http.wire.Fault;
import java.util.Arrays;

/** The front's counters, looked up once so that a request only adds. */
final class HttpMetrics {

  /** The name of the listener in metrics, and of the front's key under {@code listen}. */
  static final String LISTENER = "http";

  /** One route's counters. */
  static final class OfRoute {
    private final Counter[] byStatusClass = new Counter[6];
    private final Counter[] retries;
    private final Histogram seconds;

    OfRoute(Signals signals, String route, String pool) {
      for (int i = 1; i < byStatusClass.length; i++) {
        byStatusClass[i] = signals.counter(Metric.HTTP_REQUESTS, route, pool, i + "xx");
      }
      byStatusClass[0] = signals.counter(Metric.HTTP_REQUESTS, route, pool, "other");
      retries =
          Arrays.stream(AttemptFailure.values())
              .map(cause -> signals.counter(Metric.HTTP_RETRIES, pool, cause.name()))
              .toArray(Counter[]::new);
      seconds = signals.histogram(Metric.HTTP_SECONDS, route);
    }

    void answered(int status, long nanos) {
      byStatusClass[status < 600 ? status / 100 : 0].increment();
      seconds.recordNanos(nanos);
    }

    void retried(AttemptFailure cause) {
      retries[cause.ordinal()].increment();
    }
  }

  private final Counter[] rejected;
  private final Counter[] refused;
  private final Counter protocolErrors;
  private final OfRoute noRoute;

  HttpMetrics(Signals signals) {
    rejected =
        Arrays.stream(Reason.values())
            .map(reason -> signals.counter(Metric.HTTP_REJECTED, reason.name()))
            .toArray(Counter[]::new);
    refused =
        Arrays.stream(Fault.values())
            .map(fault -> signals.counter(Metric.HTTP_REJECTED, fault.name()))
            .toArray(Counter[]::new);
    protocolErrors = signals.counter(Metric.PROTOCOL_ERRORS, LISTENER);
    noRoute = new OfRoute(signals, "none", "none");
  }

  void rejected(Reason reason) {
    rejected[reason.ordinal()].increment();
  }

  void refused(Fault fault) {
    refused[fault.ordinal()].increment();
    protocolErrors.increment();
  }

  /** The counters of requests that no route takes. */
  OfRoute noRoute() {
    return noRoute;
  }
}
