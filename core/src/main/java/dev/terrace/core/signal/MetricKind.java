package dev.terrace.core.signal;

/** How a metric's values behave. */
public enum MetricKind {
  /** Only grows. */
  COUNTER,
  /** A level, read when asked for. */
  GAUGE,
  /** A distribution of seconds. */
  HISTOGRAM
}
