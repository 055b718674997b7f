package dev.terrace.console.metrics;

import dev.terrace.core.signal.Histogram;
import dev.terrace.core.signal.Metric;
import dev.terrace.core.signal.Signals.Sample;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.Predicate;

/**
 * How fast things went: counters per second between the last two readings, and quantiles of
 * durations over a longer window, since one second holds too few for the tail.
 */
public final class Rates {

  /** Before there are two readings. */
  public static final Rates NONE = between(Reading.NONE, Reading.NONE, Reading.NONE);

  private final Reading last;
  private final Map<Metric, Map<List<String>, Double>> perSecond = new EnumMap<>(Metric.class);
  private final Map<Metric, long[]> durations = new EnumMap<>(Metric.class);

  private Rates(Reading last) {
    this.last = last;
  }

  /**
   * What went on from {@code before} to {@code last}, and for durations since {@code windowStart}.
   */
  public static Rates between(Reading windowStart, Reading before, Reading last) {
    Rates rates = new Rates(last);
    double seconds = (last.nanos() - before.nanos()) / 1e9;
    last.samples()
        .values()
        .forEach(sample -> {
          switch (sample) {
            case Sample.Value value -> rates.count(value, before, seconds);
            case Sample.Distribution d -> rates.count(d, windowStart);
          }
        });
    return rates;
  }

  private void count(Sample.Value now, Reading before, double seconds) {
    if (now.series().metric().kind() != Metric.Kind.COUNTER || seconds <= 0) {
      return;
    }
    double earlier =
        before
            .find(now.series())
            .map(s -> s instanceof Sample.Value v ? v.value() : 0.0)
            .orElse(0.0);
    // A member that left and came back counts from 0 again.
    double grown = Math.max(0, now.value() - earlier);
    perSecond
        .computeIfAbsent(now.series().metric(), m -> new HashMap<>())
        .put(now.series().labelValues(), grown / seconds);
  }

  private void count(Sample.Distribution now, Reading windowStart) {
    List<Long> counts = now.counts();
    long[] sums = durations.computeIfAbsent(now.series().metric(), m -> new long[counts.size()]);
    List<Long> earlier =
        windowStart
            .find(now.series())
            .map(s -> s instanceof Sample.Distribution d ? d.counts() : List.<Long>of())
            .orElse(List.of());
    for (int i = 0; i < sums.length; i++) {
      sums[i] += counts.get(i) - (earlier.isEmpty() ? 0 : earlier.get(i));
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
    List<String> first = List.of(firstLabelValues);
    return perSecond(metric, values -> values.subList(0, first.size()).equals(first));
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
    List<String> first = List.of(firstLabelValues);
    return last.samples().values().stream()
        .filter(s -> s.series().metric() == metric)
        .filter(s -> s.series().labelValues().subList(0, first.size()).equals(first))
        .mapToDouble(s -> s instanceof Sample.Value v ? v.value() : 0)
        .sum();
  }

  /**
   * The duration in seconds that this share of all stayed within, read linearly inside its bucket;
   * empty if there was none.
   */
  public OptionalDouble quantileSeconds(Metric metric, double share) {
    long[] counts = durations.getOrDefault(metric, new long[0]);
    long all = 0;
    for (long count : counts) {
      all += count;
    }
    if (all <= 0) {
      return OptionalDouble.empty();
    }
    double[] bounds = Histogram.upperBoundsSeconds();
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
