package dev.terrace.bench.sql;

import dev.terrace.bench.Median;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What came of one run of pgbench; all NaN where the proxy cannot do it.
 *
 * @param cpuMicros user and system time of the proxy per transaction
 */
record SqlResult(double perSecond, double latencyMillis, double cpuMicros) {

  private static final Pattern PROCESSED = Pattern.compile("actually processed: (\\d+)");
  private static final Pattern LATENCY = Pattern.compile("latency average = ([\\d.]+) ms");
  private static final Pattern RATE = Pattern.compile("tps = ([\\d.]+)");

  static SqlResult of(SqlRow row, SqlProxy proxy, int seconds)
      throws IOException, InterruptedException {
    double cpu = proxy.cpuSeconds();
    ProcessBuilder pgbench =
        new ProcessBuilder(
            "pgbench",
            "-n",
            row.reads() ? "--select-only" : "--builtin=tpcb-like",
            "-h",
            "127.0.0.1",
            "-p",
            String.valueOf(proxy.port()),
            "-U",
            "shop",
            "-M",
            row.modeName(),
            "-c",
            String.valueOf(row.clients()),
            "-j",
            "1",
            "-T",
            String.valueOf(seconds),
            "shop");
    pgbench.environment().put("PGPASSWORD", "shop");
    Process process = pgbench.redirectError(ProcessBuilder.Redirect.DISCARD).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    int exit = process.waitFor();
    double micros = (proxy.cpuSeconds() - cpu) * 1e6;
    double count = figure(PROCESSED, said);
    return exit == 0 && count > 0
        ? new SqlResult(figure(RATE, said), figure(LATENCY, said), micros / count)
        : new SqlResult(Double.NaN, Double.NaN, Double.NaN);
  }

  private static double figure(Pattern pattern, String said) {
    Matcher found = pattern.matcher(said);
    return found.find() ? Double.parseDouble(found.group(1)) : Double.NaN;
  }

  /** Figure by figure the middle of several runs. */
  static SqlResult median(List<SqlResult> runs) {
    return new SqlResult(
        median(runs, SqlResult::perSecond),
        median(runs, SqlResult::latencyMillis),
        median(runs, SqlResult::cpuMicros));
  }

  private static double median(List<SqlResult> runs, ToDoubleFunction<SqlResult> figure) {
    return Median.of(runs.stream().mapToDouble(figure));
  }
}
