package dev.terrace.bench;

import java.util.stream.DoubleStream;

/** The middle of several figures. */
public final class Median {

  private Median() {}

  /** The middle of the figures, or of the two in the middle. */
  public static double of(DoubleStream figures) {
    double[] sorted = figures.sorted().toArray();
    return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
  }
}
