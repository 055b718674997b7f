package dev.terrace.http.trace;

import dev.terrace.core.signal.Metric;
import dev.terrace.core.signal.Signals;
import dev.terrace.http.observe.BatchQueue;
import dev.terrace.http.observe.ExchangeObserver;
import dev.terrace.http.observe.ExchangeView;
import dev.terrace.http.observe.TraceContext;
import java.time.Duration;
import java.time.Instant;

/**
 * Sends the spans of exchanges to a collector by OTLP over HTTP: one of the exchange, and below it
 * one of each try on a member. An event loop copies what it knows into a queue, one thread makes
 * spans of that. When the collector does not keep up or is not there, spans are lost and counted,
 * and requests go on.
 */
public final class TraceExport implements ExchangeObserver, AutoCloseable {

  private static final int BATCH_MAX = 512;
  private static final Duration GATHER = Duration.ofMillis(500);

  private final BatchQueue<TraceEntry> queue;
  private final SpanSender sender;

  /**
   * To that collector.
   *
   * @param endpoint its URL, as in http://127.0.0.1:4318/v1/traces
   * @param service what we are called there
   * @param capacity exchanges that may wait to be sent
   */
  public TraceExport(String endpoint, String service, int capacity, Signals signals) {
    sender = new SpanSender(endpoint, service, signals);
    queue =
        new BatchQueue<>(
            "trace-export",
            capacity,
            BATCH_MAX,
            GATHER,
            sender::send,
            signals.counter(Metric.HTTP_TRACES_LOST, "queue-full"));
  }

  @Override
  public void ended(ExchangeView exchange) {
    TraceContext context = exchange.trace();
    if (context != null && context.sampled()) {
      Instant now = Instant.now();
      long epochNanos = now.getEpochSecond() * 1_000_000_000L + now.getNano();
      queue.offer(TraceEntry.of(exchange, context, epochNanos - System.nanoTime()));
    }
  }

  /** Sends what waits, for a while, and ends. */
  @Override
  public void close() {
    queue.close();
    sender.close();
  }
}
