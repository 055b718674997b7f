package dev.terrace.console.view;

import dev.terrace.config.TerraceConfig;
import dev.terrace.console.metrics.Rates;
import dev.terrace.core.pool.Address;
import dev.terrace.core.signal.Metric;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One front: dns, http, kv or sql.
 *
 * @param listen its addresses; empty if the file does not have it listen
 * @param perSecond queries, requests, commands or statements
 * @param errorsPerSecond those that failed for a reason on this side: SERVFAIL, 5xx, error replies,
 *     statements refused by Terrace
 * @param connections client connections that are open
 * @param p50Millis half of all took at most this long, over the last ten seconds; null if unknown
 * @param p99Millis 99 of 100 took at most this long
 * @param parts per second by kind: response code, status class, result, role
 */
public record TierView(
    String name,
    List<String> listen,
    double perSecond,
    double errorsPerSecond,
    long connections,
    @Nullable Double p50Millis,
    @Nullable Double p99Millis,
    Map<String, Double> parts) {

  public TierView {
    listen = List.copyOf(listen);
  }

  /** What a front's counters are called. */
  private record Counters(Metric all, int partLabel, Metric errors, @Nullable Metric seconds) {}

  /** The four fronts, in the order in which a request meets them. */
  public static List<TierView> all(Subject subject) {
    TerraceConfig file = subject.file();
    Rates rates = subject.rates();
    return List.of(
        of(
            "dns",
            file.listen().dns(),
            rates,
            new Counters(Metric.DNS_QUERIES, 0, Metric.DNS_QUERIES, null)),
        of(
            "http",
            file.listen().http(),
            rates,
            new Counters(Metric.HTTP_REQUESTS, 2, Metric.HTTP_REQUESTS, Metric.HTTP_SECONDS)),
        of(
            "kv",
            file.listen().kv(),
            rates,
            new Counters(Metric.KV_COMMANDS, 1, Metric.KV_COMMANDS, null)),
        of(
            "sql",
            file.listen().sql(),
            rates,
            new Counters(Metric.SQL_STATEMENTS, 2, Metric.SQL_REJECTED, Metric.SQL_SECONDS)));
  }

  private static TierView of(String name, List<Address> listen, Rates rates, Counters counters) {
    Map<String, Double> parts = new TreeMap<>();
    rates
        .perSecondBy(counters.all(), counters.partLabel())
        .forEach((part, rate) -> parts.put(part, Subject.rounded(rate)));
    double errors =
        counters.errors() == counters.all()
            ? rates.perSecond(counters.all(), l -> isError(l.get(counters.partLabel())))
            : rates.perSecond(counters.errors());
    return new TierView(
        name,
        listen.stream().map(Address::toString).toList(),
        Subject.rounded(rates.perSecond(counters.all())),
        Subject.rounded(errors),
        (long) rates.total(Metric.CONNECTIONS, name),
        millis(rates, counters.seconds(), 0.5),
        millis(rates, counters.seconds(), 0.99),
        parts);
  }

  private static boolean isError(String part) {
    return part.equalsIgnoreCase("SERVFAIL") || part.equals("5xx") || part.equals("error");
  }

  private static @Nullable Double millis(Rates rates, @Nullable Metric seconds, double share) {
    return seconds == null ? null : Subject.millis(rates.quantileSeconds(seconds, share));
  }
}
