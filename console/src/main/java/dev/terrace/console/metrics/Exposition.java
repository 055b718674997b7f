package dev.terrace.console.metrics;

import dev.terrace.core.signal.Histogram;
import dev.terrace.core.signal.Metric;
import dev.terrace.core.signal.Signals.Sample;
import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.OpenMetricsTextFormatWriter;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Samples as a Prometheus server scrapes them: its own text format, or OpenMetrics for who asks for
 * {@code application/openmetrics-text}.
 */
public final class Exposition {

  private static final String COUNTER_SUFFIX = "_total";
  private static final ExpositionFormatWriter PROMETHEUS =
      PrometheusTextFormatWriter.builder().setIncludeCreatedTimestamps(false).build();
  private static final ExpositionFormatWriter OPEN_METRICS =
      OpenMetricsTextFormatWriter.builder().setCreatedTimestampsEnabled(false).build();

  private Exposition() {}

  /**
   * The text of one scrape.
   *
   * @param contentType names the format and its version
   */
  public record Text(String contentType, String body) {}

  /** Writes the samples in the format that the {@code Accept} header asks for. */
  public static Text write(Collection<Sample> samples, String accept) {
    ExpositionFormatWriter writer = OPEN_METRICS.accepts(accept) ? OPEN_METRICS : PROMETHEUS;
    ByteArrayOutputStream out = new ByteArrayOutputStream(16 << 10);
    try {
      writer.write(out, snapshots(samples));
    } catch (IOException e) {
      throw new UncheckedIOException(e); // memory does not fail
    }
    return new Text(writer.getContentType(), out.toString(StandardCharsets.UTF_8));
  }

  private static MetricSnapshots snapshots(Collection<Sample> samples) {
    Map<Metric, List<Sample>> byMetric = new EnumMap<>(Metric.class);
    samples.forEach(
        s -> byMetric.computeIfAbsent(s.series().metric(), m -> new ArrayList<>()).add(s));
    MetricSnapshots.Builder all = MetricSnapshots.builder();
    byMetric.forEach((metric, series) -> all.metricSnapshot(snapshot(metric, series)));
    return all.build();
  }

  private static MetricSnapshot snapshot(Metric metric, List<Sample> series) {
    String name = metric.prometheusName();
    return switch (metric.kind()) {
      case COUNTER -> {
        CounterSnapshot.Builder counter =
            CounterSnapshot.builder()
                .name(name.substring(0, name.length() - COUNTER_SUFFIX.length()))
                .help(metric.help());
        series.forEach(s ->
            counter.dataPoint(
                CounterDataPointSnapshot.builder().labels(labels(s)).value(value(s)).build()));
        yield counter.build();
      }
      case GAUGE -> {
        GaugeSnapshot.Builder gauge = GaugeSnapshot.builder().name(name).help(metric.help());
        series.forEach(s ->
            gauge.dataPoint(
                GaugeDataPointSnapshot.builder().labels(labels(s)).value(value(s)).build()));
        yield gauge.build();
      }
      case HISTOGRAM -> {
        HistogramSnapshot.Builder histogram =
            HistogramSnapshot.builder().name(name).help(metric.help());
        series.forEach(s -> histogram.dataPoint(distribution(s)));
        yield histogram.build();
      }
    };
  }

  private static Labels labels(Sample sample) {
    List<String> names = sample.series().metric().labels();
    List<String> values = sample.series().labelValues();
    return Labels.of(names.toArray(String[]::new), values.toArray(String[]::new));
  }

  private static double value(Sample sample) {
    return switch (sample) {
      case Sample.Value(_, double value) -> value;
      case Sample.Distribution d -> throw new IllegalArgumentException(d + " is no single value");
    };
  }

  private static HistogramDataPointSnapshot distribution(Sample sample) {
    if (!(sample instanceof Sample.Distribution(_, List<Long> counts, double sumSeconds))) {
      throw new IllegalArgumentException(sample + " is no distribution");
    }
    double[] bounds = Histogram.upperBoundsSeconds();
    ClassicHistogramBuckets.Builder buckets = ClassicHistogramBuckets.builder();
    for (int i = 0; i < counts.size(); i++) {
      double bound = i < bounds.length ? bounds[i] : Double.POSITIVE_INFINITY;
      buckets.bucket(bound, counts.get(i));
    }
    return HistogramDataPointSnapshot.builder()
        .labels(labels(sample))
        .classicHistogramBuckets(buckets.build())
        .sum(sumSeconds)
        .build();
  }
}
