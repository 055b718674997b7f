package dev.terrace.console;

import dev.terrace.console.view.SystemView;
import dev.terrace.console.view.TierView;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The rates of the last minutes, so that a page that opens has its charts filled. */
final class History {

  /** Points kept, one a second. */
  static final int POINTS_MAX = 300;

  /** The tiers' rates at one moment. */
  record Point(
      long timeMillis,
      Map<String, Double> perSecond,
      Map<String, Double> errorsPerSecond,
      @Nullable Double hitRatio) {}

  private final Deque<Point> points = new ArrayDeque<>();

  synchronized void add(SystemView system) {
    Map<String, Double> rates = new LinkedHashMap<>();
    Map<String, Double> errors = new LinkedHashMap<>();
    for (TierView tier : system.tiers()) {
      rates.put(tier.name(), tier.perSecond());
      errors.put(tier.name(), tier.errorsPerSecond());
    }
    points.addLast(new Point(system.timeMillis(), rates, errors, system.cache().hitRatio()));
    if (points.size() > POINTS_MAX) {
      points.removeFirst();
    }
  }

  synchronized List<Point> points() {
    return List.copyOf(points);
  }
}
