package dev.terrace.config;

import java.time.Duration;

/** So many events in so much time, in the file as {@code 100/s}, {@code 30/m} or {@code 5/h}. */
public record Rate(int count, Unit unit) {

  /** The time in which they are counted. */
  public enum Unit {
    S(Duration.ofSeconds(1)),
    M(Duration.ofMinutes(1)),
    H(Duration.ofHours(1));

    private final Duration time;

    Unit(Duration time) {
      this.time = time;
    }

    /** How long it is. */
    public Duration time() {
      return time;
    }
  }

  public Rate {
    if (count < 1) {
      throw new IllegalArgumentException("a rate is at least 1, not " + count);
    }
  }

  /** Events of one second, on average. */
  public double perSecond() {
    return (double) count / unit.time().toSeconds();
  }

  /** As the file writes it. */
  @Override
  public String toString() {
    return count + "/" + unit.name().toLowerCase(java.util.Locale.ROOT);
  }
}
