package dev.terrace.dns;

import dev.terrace.core.signal.Counter;
import dev.terrace.core.signal.Metric;
import dev.terrace.core.signal.Signals;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The front's metrics, looked up once. */
final class DnsCounters {

  private final Map<Rcode, Counter> queries = new EnumMap<>(Rcode.class);
  private final Counter protocolErrors;

  DnsCounters(Signals signals) {
    for (Rcode rcode : Rcode.values()) {
      queries.put(rcode, signals.counter(Metric.DNS_QUERIES, rcode.name()));
    }
    protocolErrors = signals.counter(Metric.PROTOCOL_ERRORS, DnsFront.LISTENER);
  }

  /** Counts a message by its reply; null for one that got none. */
  void count(@Nullable Rcode rcode) {
    Counter counter = rcode == null ? null : queries.get(rcode);
    if (counter != null) {
      counter.increment();
    }
    if (rcode == null || rcode == Rcode.FORMERR) {
      protocolErrors.increment();
    }
  }

  /** Counts a client that broke the rules of the transport. */
  void protocolError() {
    protocolErrors.increment();
  }
}
