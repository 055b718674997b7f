package dev.terrace.http.trace;

import dev.terrace.core.attempt.AttemptFailure;
import dev.terrace.core.pool.Address;
import dev.terrace.http.observe.AttemptView;
import dev.terrace.http.observe.ExchangeView;
import dev.terrace.http.observe.RequestText;
import dev.terrace.http.observe.TraceContext;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the spans of one exchange tell, copied when it ended. Times are nanoseconds of Unix time.
 */
record TraceEntry(
    TraceContext context,
    RequestText sent,
    String client,
    String protocol,
    boolean secure,
    long start,
    long end,
    int status,
    long bytesIn,
    long bytesOut,
    String route,
    String pool,
    String reason,
    List<Try> tries) {

  /** One try on one member. */
  record Try(
      long span,
      Address member,
      String why,
      boolean reused,
      long start,
      long connected,
      long end,
      int status,
      @Nullable AttemptFailure failure) {}

  /**
   * Of that exchange.
   *
   * @param epoch what to add to its times to have Unix time
   */
  static TraceEntry of(ExchangeView exchange, TraceContext context, long epoch) {
    List<Try> tries = new ArrayList<>(exchange.attempts().size());
    for (AttemptView attempt : exchange.attempts()) {
      long end = attempt.endNanos();
      long connected = attempt.connectedNanos();
      tries.add(
          new Try(
              attempt.span(),
              attempt.member().member().address(),
              attempt.why(),
              attempt.reused(),
              attempt.startNanos() + epoch,
              connected == AttemptView.NEVER ? AttemptView.NEVER : connected + epoch,
              (end == AttemptView.NEVER ? exchange.endNanos() : end) + epoch,
              attempt.status(),
              attempt.failure()));
    }
    return new TraceEntry(
        context,
        RequestText.of(exchange.request()),
        exchange.clientAddress(),
        exchange.protocol(),
        exchange.secure(),
        exchange.startNanos() + epoch,
        exchange.endNanos() + epoch,
        exchange.status(),
        exchange.bytesIn(),
        exchange.bytesOut(),
        exchange.route(),
        exchange.pool(),
        exchange.reason(),
        tries);
  }
}
