package dev.terrace.console.metrics;

import dev.terrace.core.signal.Signals.Sample;
import dev.terrace.core.signal.Signals.Series;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * All series at one moment.
 *
 * @param nanos the moment, on the nano clock
 */
public record Reading(long nanos, Map<Series, Sample> samples) {

  /** Nothing read yet. */
  public static final Reading NONE = new Reading(0, Map.of());

  public Reading {
    samples = Map.copyOf(samples);
  }

  /** What these samples were at that moment. */
  public static Reading of(long nanos, Collection<Sample> samples) {
    Map<Series, Sample> bySeries = new HashMap<>();
    samples.forEach(sample -> bySeries.put(sample.series(), sample));
    return new Reading(nanos, bySeries);
  }

  Optional<Sample> find(Series series) {
    return Optional.ofNullable(samples.get(series));
  }
}
