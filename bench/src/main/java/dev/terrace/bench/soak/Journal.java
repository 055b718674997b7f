package dev.terrace.bench.soak;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.LongAdder;

/** What happened: events as they come, and each failure with the event that was going on. */
final class Journal {

  private static final int FAILURES_MAX = 200;

  private final long start = System.nanoTime();
  private final LongAdder answers = new LongAdder();
  private final LongAdder failed = new LongAdder();
  private final LongAdder events = new LongAdder();
  private final List<String> failures = new CopyOnWriteArrayList<>();
  private volatile String event = "start";

  void event(String name) {
    event = at() + " " + name;
    events.increment();
  }

  void answered() {
    answers.increment();
  }

  void failed(String what) {
    failed.increment();
    if (failures.size() < FAILURES_MAX) {
      failures.add(at() + " " + what + "; last event: " + event);
    }
  }

  private String at() {
    return Duration.ofNanos(System.nanoTime() - start).toMillis() + " ms";
  }

  long answers() {
    return answers.sum();
  }

  /** The first of them; {@link #summary} counts all. */
  List<String> failures() {
    return List.copyOf(failures);
  }

  String summary() {
    return answers.sum()
        + " answers right, "
        + failed.sum()
        + " failures, "
        + events.sum()
        + " events";
  }
}
