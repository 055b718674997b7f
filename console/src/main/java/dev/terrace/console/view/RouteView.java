package dev.terrace.console.view;

import dev.terrace.console.metrics.Rates;
import dev.terrace.core.signal.Metric;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A route of the HTTP front, by the name that its metrics have; {@code none} stands for requests
 * that no route matched, if there were any.
 *
 * @param pools those that it was sent to; none if Terrace answers itself
 * @param requests in all
 * @param errorShare the share of 5xx among the answers of the last ten seconds; null without any
 * @param p50Millis half of all took at most this long, over the last ten seconds; null if unknown
 * @param p99Millis 99 of 100 took at most this long
 */
public record RouteView(
    String route,
    List<String> pools,
    double perSecond,
    long requests,
    @Nullable Double errorShare,
    @Nullable Double p50Millis,
    @Nullable Double p99Millis) {

  private static final String NONE = "none";

  public RouteView {
    pools = List.copyOf(pools);
  }

  /** The routes, busiest first. */
  public static List<RouteView> all(Subject subject) {
    Rates rates = subject.rates();
    Map<String, List<String>> pools = new TreeMap<>();
    for (List<String> labels : rates.series(Metric.HTTP_REQUESTS)) {
      List<String> known = pools.computeIfAbsent(labels.get(0), r -> new ArrayList<>());
      String pool = labels.get(1);
      if (!pool.equals(NONE) && !known.contains(pool)) {
        known.add(pool);
      }
    }
    return pools.entrySet().stream()
        .map(e -> of(rates, e.getKey(), e.getValue().stream().sorted().toList()))
        .filter(view -> view.requests > 0 || !view.route.equals(NONE))
        .sorted(Comparator.comparingDouble(RouteView::perSecond).reversed())
        .toList();
  }

  private static RouteView of(Rates rates, String route, List<String> pools) {
    OptionalDouble errors =
        rates.share(
            Metric.HTTP_REQUESTS,
            labels -> labels.get(0).equals(route) && labels.get(2).equals("5xx"),
            labels -> labels.get(0).equals(route));
    return new RouteView(
        route,
        pools,
        Subject.rounded(rates.perSecondOf(Metric.HTTP_REQUESTS, route)),
        (long) rates.total(Metric.HTTP_REQUESTS, route),
        errors.isPresent() ? Math.round(errors.getAsDouble() * 1e4) / 1e4 : null,
        Subject.millis(rates.quantileSeconds(Metric.HTTP_SECONDS, 0.5, route)),
        Subject.millis(rates.quantileSeconds(Metric.HTTP_SECONDS, 0.99, route)));
  }
}
