package dev.terrace.http.access;

import dev.terrace.core.attempt.AttemptFailure;
import dev.terrace.http.observe.AttemptView;
import dev.terrace.http.observe.ExchangeView;
import dev.terrace.http.observe.RequestText;
import dev.terrace.http.observe.TraceContext;
import java.util.ArrayList;
import java.util.List;

/**
 * What one line of the access log says, copied from an exchange that has just ended.
 *
 * @param millis when it ended, in Unix time
 * @param firstByteNanos from the request's head to that of the member's answer, -1 if none came
 * @param failures how attempts failed, as in {@code UNREACHABLE 127.0.0.1:9001}
 */
record AccessEntry(
    long millis,
    String client,
    String protocol,
    boolean secure,
    int status,
    long bytesIn,
    long bytesOut,
    long nanos,
    long firstByteNanos,
    String route,
    String pool,
    String member,
    String policy,
    String reason,
    String trace,
    int attempts,
    List<String> failures,
    RequestText sent) {

  /** Of that exchange. */
  static AccessEntry of(ExchangeView exchange, long millis) {
    RequestText sent = RequestText.of(exchange.request());
    List<? extends AttemptView> tries = exchange.attempts();
    AttemptView last = exchange.serving();
    boolean answered = last != null && last.answeredNanos() != AttemptView.NEVER;
    TraceContext context = exchange.trace();
    return new AccessEntry(
        millis,
        exchange.clientAddress(),
        exchange.protocol(),
        exchange.secure(),
        exchange.status(),
        exchange.bytesIn(),
        exchange.bytesOut(),
        exchange.endNanos() - exchange.startNanos(),
        last != null && answered ? last.answeredNanos() - exchange.startNanos() : -1,
        exchange.route(),
        exchange.pool(),
        last == null ? "" : last.member().id(),
        last == null ? "" : last.why(),
        exchange.reason(),
        context == null ? "" : context.traceId(),
        tries.size(),
        failures(tries),
        sent);
  }

  private static List<String> failures(List<? extends AttemptView> tries) {
    List<String> failures = List.of();
    for (AttemptView attempt : tries) {
      AttemptFailure failure = attempt.failure();
      if (failure != null) {
        if (failures.isEmpty()) {
          failures = new ArrayList<>(tries.size());
        }
        failures.add(failure + " " + attempt.member().id());
      }
    }
    return failures;
  }
}
