package dev.terrace.bench.http;

import dev.terrace.bench.Median;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.function.ToDoubleFunction;

/**
 * What came of one run of one proxy in one row.
 *
 * @param cpuMicros user and system time of the proxy per request
 * @param allocated bytes per request; 0 where nobody counts them
 */
record Result(
    double perSecond,
    double p50,
    double p99,
    double p999,
    double cpuMicros,
    double allocated,
    double errors) {

  static final String HEADER =
      "| row | proxy | requests/s | p50 ms | p99 ms | p99.9 ms | CPU us/request | B/request | errors |\n"
          + "|---|---|---|---|---|---|---|---|---|";

  static Result of(Row row, Proxy proxy, int seconds, Path folder)
      throws IOException, InterruptedException {
    double cpu = proxy.cpuSeconds();
    OptionalLong allocated = proxy.allocatedBytes();
    Load load = Load.on(row, proxy.port(row.protocol()), seconds, folder);
    double micros = (proxy.cpuSeconds() - cpu) * 1e6;
    long bytes = proxy.allocatedBytes().orElse(0) - allocated.orElse(0);
    double requests = Math.max(1, load.requests());
    return new Result(
        load.requests() / load.seconds(),
        load.micros().p50() / 1e3,
        load.micros().p99() / 1e3,
        load.micros().p999() / 1e3,
        micros / requests,
        bytes / requests,
        load.errors());
  }

  /** Figure by figure the middle of several runs. */
  static Result median(List<Result> runs) {
    return new Result(
        median(runs, Result::perSecond),
        median(runs, Result::p50),
        median(runs, Result::p99),
        median(runs, Result::p999),
        median(runs, Result::cpuMicros),
        median(runs, Result::allocated),
        runs.stream().mapToDouble(Result::errors).sum());
  }

  private static double median(List<Result> runs, ToDoubleFunction<Result> figure) {
    return Median.of(runs.stream().mapToDouble(figure));
  }

  String line(Row row, String proxy) {
    return String.format(
        Locale.ROOT,
        "| %s | %s | %,.0f | %.2f | %.2f | %.2f | %.1f | %s | %.0f |",
        row.name(),
        proxy,
        perSecond,
        p50,
        p99,
        p999,
        cpuMicros,
        allocated == 0 ? "" : String.format(Locale.ROOT, "%.0f", allocated),
        errors);
  }
}
