package dev.terrace.core.signal;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.DoubleSupplier;

/**
 * All metrics' values of one running system. A front looks its counters up once, when its
 * configuration is applied, and then only adds: no look-up by name on the way of a request.
 */
public final class Signals {

  /** One metric with one set of label values. */
  public record Series(Metric metric, List<String> labelValues) {
    public Series {
      labelValues = List.copyOf(labelValues);
      if (labelValues.size() != metric.labels().size()) {
        throw new IllegalArgumentException(
            metric.prometheusName() + " has labels " + metric.labels() + ", not " + labelValues);
      }
    }
  }

  /** A series with its present value. */
  public sealed interface Sample {
    /** Which series. */
    Series series();

    /** A counter's or a gauge's value. */
    record Value(Series series, double value) implements Sample {}

    /** A histogram's state. */
    record Distribution(Series series, List<Long> counts, double sumSeconds) implements Sample {}
  }

  private final Map<Series, Counter> counters = new ConcurrentHashMap<>();
  private final Map<Series, Histogram> histograms = new ConcurrentHashMap<>();
  private final Map<Series, DoubleSupplier> gauges = new ConcurrentHashMap<>();

  /** The counter of that series; the same object each time. */
  public Counter counter(Metric metric, String... labelValues) {
    return counters.computeIfAbsent(
        series(metric, MetricKind.COUNTER, labelValues), s -> new Counter());
  }

  /** The histogram of that series; the same object each time. */
  public Histogram histogram(Metric metric, String... labelValues) {
    return histograms.computeIfAbsent(
        series(metric, MetricKind.HISTOGRAM, labelValues), s -> new Histogram());
  }

  /** Has the gauge read {@code level} from now on, in place of what it read before. */
  public void gauge(DoubleSupplier level, Metric metric, String... labelValues) {
    gauges.put(series(metric, MetricKind.GAUGE, labelValues), level);
  }

  /** Forgets a gauge whose subject is gone. */
  public void removeGauge(Metric metric, String... labelValues) {
    gauges.remove(series(metric, MetricKind.GAUGE, labelValues));
  }

  /** Forgets a counter whose subject is gone; whoever holds it counts for nobody. */
  public void removeCounter(Metric metric, String... labelValues) {
    counters.remove(series(metric, MetricKind.COUNTER, labelValues));
  }

  /** Forgets a histogram whose subject is gone. */
  public void removeHistogram(Metric metric, String... labelValues) {
    histograms.remove(series(metric, MetricKind.HISTOGRAM, labelValues));
  }

  /** All series and their values now, in no particular order. */
  public List<Sample> samples() {
    List<Sample> samples = new ArrayList<>();
    counters.forEach((series, c) -> samples.add(new Sample.Value(series, c.value())));
    gauges.forEach((series, g) -> samples.add(new Sample.Value(series, g.getAsDouble())));
    histograms.forEach(
        (series, h) -> samples.add(new Sample.Distribution(series, h.counts(), h.sumSeconds())));
    return samples;
  }

  private static Series series(Metric metric, MetricKind kind, String... labelValues) {
    if (metric.kind() != kind) {
      throw new IllegalArgumentException(metric.prometheusName() + " is a " + metric.kind());
    }
    return new Series(metric, List.of(labelValues));
  }
}
