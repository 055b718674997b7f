package dev.terrace.bench.sql;

import dev.terrace.bench.Median;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/** The figures as they are printed: a line for each proxy in each row. */
final class SqlTable {

  private SqlTable() {}

  static void printHead() {
    System.out.println(
        "| row | proxy | transactions/s | latency ms | CPU us/transaction"
            + " | beside pgbouncer | beside relay |");
    System.out.println("|---|---|---|---|---|---|---|");
  }

  /** A row's lines, from the results of each proxy in the order of the rounds. */
  static void print(SqlRow row, Map<SqlProxyKind, List<SqlResult>> results) {
    results.forEach((kind, runs) -> {
      SqlResult middle = SqlResult.median(runs);
      System.out.printf(
          Locale.ROOT,
          "| %s | %s | %,.0f | %.2f | %.1f | %s | %s |%n",
          row.name(),
          kind.label(),
          middle.perSecond(),
          middle.latencyMillis(),
          middle.cpuMicros(),
          beside(SqlProxyKind.PGBOUNCER, kind, results),
          beside(SqlProxyKind.RELAY, kind, results));
    });
  }

  /** The ratio of CPU time to a peer's round by round, and of those the middle. */
  private static String beside(
      SqlProxyKind peer, SqlProxyKind kind, Map<SqlProxyKind, List<SqlResult>> results) {
    if (kind == peer || kind == SqlProxyKind.DIRECT) {
      return "";
    }
    List<SqlResult> runs = results.getOrDefault(kind, List.of());
    List<SqlResult> peers = results.getOrDefault(peer, List.of());
    double[] ratios =
        IntStream.range(0, Math.min(runs.size(), peers.size()))
            .mapToDouble(i -> runs.get(i).cpuMicros() / peers.get(i).cpuMicros())
            .filter(ratio -> !Double.isNaN(ratio))
            .toArray();
    return ratios.length == 0
        ? ""
        : String.format(Locale.ROOT, "%.2f", Median.of(DoubleStream.of(ratios)));
  }
}
