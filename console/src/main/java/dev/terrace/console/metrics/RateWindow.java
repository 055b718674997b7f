package dev.terrace.console.metrics;

import java.util.ArrayDeque;
import java.util.Deque;

/** The last readings, and the rates they make; written by one thread, read by any. */
public final class RateWindow {

  /** Readings kept: durations are judged over this many less one. */
  static final int READINGS_MAX = 11;

  private final Deque<Reading> readings = new ArrayDeque<>();
  private volatile Rates rates = Rates.NONE;

  /** Takes the next reading; the one before it is what rates are measured against. */
  public synchronized Rates add(Reading reading) {
    Reading before = readings.isEmpty() ? reading : readings.getLast();
    readings.addLast(reading);
    if (readings.size() > READINGS_MAX) {
      readings.removeFirst();
    }
    rates = Rates.between(readings.getFirst(), before, reading);
    return rates;
  }

  /** The rates up to the last reading. */
  public Rates rates() {
    return rates;
  }
}
