package dev.terrace.console.metrics;

import dev.terrace.core.signal.Histogram;
import dev.terrace.core.signal.Metric;
import dev.terrace.core.signal.MetricKind;
import dev.terrace.core.signal.Signals.Sample;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.Predicate;

/**
 * How fast things went: counters per second between the last two readings; shares, and quantiles of
 * durations, over a longer window, since one second holds too few for the tail.
 */
public final class Rates {

  /** Before there are two readings. */
  public static final Rates NONE = between(Reading.NONE, Reading.NONE, Reading.NONE);

  private final Reading last;
  private final Map<Metric, Map<List<String>, Double>> perSecond = new EnumMap<>(Metric.class);
  private final Map<Metric, Map<List<String>, Double>> grown = new EnumMap<>(Metric.class);
  private final Map<Metric, Map<List<String>, long[]>> durations = new EnumMap<>(Metric.class);

  private Rates(Reading last) {
    this.last = last;
  }

  /**
   * What went on from {@code before} to {@code last}, and for shares and durations since {@code
   * windowStart}.
   */
  public static Rates between(Reading windowStart, Reading before, Reading last) {
    Rates rates = new Rates(last);
    double seconds = (last.nanos() - before.nanos()) / 1e9;
    last.samples()
        .values()
        .forEach(sample -> {
          switch (sample) {
            case Sample.Value value -> rates.count(value, windowStart, before, seconds);
            case Sample.Distribution d -> rates.count(d, windowStart);
          }
        });
    return rates;
  }

  private void count(Sample.Value now, Reading windowStart, Reading before, double seconds) {
    Metric metric = now.series().metric();
    if (metric.kind() != MetricKind.COUNTER || seconds <= 0) {
      return;
    }
    List<String> labels = now.series().labelValues();
    perSecond
        .computeIfAbsent(metric, m -> new HashMap<>())
        .put(labels, growth(now, before) / seconds);
    grown.computeIfAbsent(metric, m -> new HashMap<>()).put(labels, growth(now, windowStart));
  }

  private static double growth(Sample.Value now, Reading since) {
    double earlier =
        since
            .find(now.series())
            .map(s -> s instanceof Sample.Value v ? v.value() : 0.0)
            .orElse(0.0);
    // A member that left and came back counts from 0 again.
    return Math.max(0, now.value() - earlier);
  }

  private void count(Sample.Distribution now, Reading windowStart) {
    List<Long> counts = now.counts();
    long[] grew = new long[counts.size()];
    durations
        .computeIfAbsent(now.series().metric(), m -> new HashMap<>())
        .put(now.series().labelValues(), grew);
    List<Long> earlier =
        windowStart
            .find(now.series())
            .map(s -> s instanceof Sample.Distribution d ? d.counts() : List.<Long>of())
            .orElse(List.of());
    for (int i = 0; i < grew.length; i++) {
      grew[i] = counts.get(i) - (earlier.isEmpty() ? 0 : earlier.get(i));
    }
  }

  /** All of a counter's series together, per second. */
  public double perSecond(Metric metric) {
    return perSecond(metric, labelValues -> true);
  }

  /** The series of a counter whose label values pass, together, per second. */
  public double perSecond(Metric metric, Predicate<List<String>> labelValues) {
    return perSecond.getOrDefault(metric, Map.of()).entrySet().stream()
        .filter(e -> labelValues.test(e.getKey()))
        .mapToDouble(Map.Entry::getValue)
        .sum();
  }

  /** The series of a counter that has these first label values, together, per second. */
  public double perSecondOf(Metric metric, String... firstLabelValues) {
    return perSecond(metric, having(firstLabelValues));
  }

  private static Predicate<List<String>> having(String... firstLabelValues) {
    List<String> first = List.of(firstLabelValues);
    return values -> values.subList(0, first.size()).equals(first);
  }

  /** The label values of a counter's series. */
  public Set<List<String>> series(Metric metric) {
    return perSecond.getOrDefault(metric, Map.of()).keySet();
  }

  /** What share some series of a counter have in what others grew by; empty if that was nothing. */
  public OptionalDouble share(
      Metric metric, Predicate<List<String>> some, Predicate<List<String>> others) {
    double part = 0;
    double whole = 0;
    for (Map.Entry<List<String>, Double> e : grown.getOrDefault(metric, Map.of()).entrySet()) {
      part += some.test(e.getKey()) ? e.getValue() : 0;
      whole += others.test(e.getKey()) ? e.getValue() : 0;
    }
    return whole > 0 ? OptionalDouble.of(part / whole) : OptionalDouble.empty();
  }

  /** Per second by the value of one label. */
  public Map<String, Double> perSecondBy(Metric metric, int label) {
    Map<String, Double> sums = new HashMap<>();
    perSecond
        .getOrDefault(metric, Map.of())
        .forEach((values, rate) -> sums.merge(values.get(label), rate, Double::sum));
    return sums;
  }

  /** The sum of a counter's or gauge's series with these first label values, as last read. */
  public double total(Metric metric, String... firstLabelValues) {
    Predicate<List<String>> wanted = having(firstLabelValues);
    return last.samples().values().stream()
        .filter(s -> s.series().metric() == metric)
        .filter(s -> wanted.test(s.series().labelValues()))
        .mapToDouble(s -> s instanceof Sample.Value v ? v.value() : 0)
        .sum();
  }

  /**
   * The duration in seconds that this share of all stayed within, read linearly inside its bucket;
   * empty if there was none. Of the series that have these first label values, together.
   */
  public OptionalDouble quantileSeconds(Metric metric, double share, String... firstLabelValues) {
    double[] bounds = Histogram.upperBoundsSeconds();
    long[] counts = new long[bounds.length + 1];
    Predicate<List<String>> wanted = having(firstLabelValues);
    long all = 0;
    for (Map.Entry<List<String>, long[]> e : durations.getOrDefault(metric, Map.of()).entrySet()) {
      long[] grew = wanted.test(e.getKey()) ? e.getValue() : new long[0];
      for (int i = 0; i < grew.length; i++) {
        counts[i] += grew[i];
        all += grew[i];
      }
    }
    if (all <= 0) {
      return OptionalDouble.empty();
    }
    double rank = share * all;
    double below = 0;
    for (int i = 0; i < bounds.length; i++) {
      if (below + counts[i] >= rank && counts[i] > 0) {
        double from = i == 0 ? 0 : bounds[i - 1];
        return OptionalDouble.of(from + (bounds[i] - from) * (rank - below) / counts[i]);
      }
      below += counts[i];
    }
    return OptionalDouble.of(bounds[bounds.length - 1]);
  }
}
