package dev.terrace.http.trace;

import dev.terrace.core.signal.Counter;
import dev.terrace.core.signal.Metric;
import dev.terrace.core.signal.Signals;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The connection to the collector: OpenTelemetry's exporter, one batch at a time. */
final class SpanSender implements AutoCloseable {

  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  /** With the exporter's own repeats, which take longer from one to the next. */
  private static final long BATCH_SECONDS = 20;

  private final SpanExporter exporter;
  private final Spans spans;
  private final Counter sent;
  private final Counter failed;

  SpanSender(String endpoint, String service, Signals signals) {
    exporter =
        OtlpHttpSpanExporter.builder()
            .setEndpoint(endpoint)
            .setTimeout(TIMEOUT)
            .setConnectTimeout(TIMEOUT)
            .setCompression("gzip")
            .build();
    spans =
        new Spans(
            Resource.create(
                Attributes.of(
                    AttributeKey.stringKey("service.name"),
                    service,
                    AttributeKey.stringKey("telemetry.sdk.language"),
                    "java")));
    sent = signals.counter(Metric.HTTP_SPANS_SENT);
    failed = signals.counter(Metric.HTTP_TRACES_LOST, "collector");
  }

  /** Sends the spans of these exchanges, and waits for the collector's word. */
  void send(List<TraceEntry> entries) {
    List<SpanData> all = new ArrayList<>(3 * entries.size());
    entries.forEach(entry -> spans.of(entry, all));
    CompletableResultCode result = exporter.export(all).join(BATCH_SECONDS, TimeUnit.SECONDS);
    if (result.isSuccess()) {
      sent.add(all.size());
    } else {
      failed.add(entries.size());
    }
  }

  @Override
  public void close() {
    exporter.shutdown();
  }
}
