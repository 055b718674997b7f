package dev.terrace.console.view;

import dev.terrace.core.signal.Metric;
import java.util.Comparator;
import java.util.List;

/** A route of the HTTP front, by the name that its metric has; only those that were ever taken. */
public record RouteView(String route, double perSecond) {

  /** The routes, busiest first. */
  public static List<RouteView> all(Subject subject) {
    return subject.rates().perSecondBy(Metric.HTTP_REQUESTS, 0).entrySet().stream()
        .map(e -> new RouteView(e.getKey(), Subject.rounded(e.getValue())))
        .sorted(
            Comparator.comparingDouble(RouteView::perSecond)
                .reversed()
                .thenComparing(RouteView::route))
        .toList();
  }
}
