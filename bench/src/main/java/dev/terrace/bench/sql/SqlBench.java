package dev.terrace.bench.sql;

import dev.terrace.bench.Median;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * pgbench through Terrace, pgbouncer and pgpool-II and straight to a server, one after the other.
 * Prints transactions per second, latency, and what a transaction cost the proxy (user and system
 * time of its processes from /proc), which alone means much on a busy machine.
 */
public final class SqlBench {

  private static final String USAGE =
      """
      bench/sql.sh [--rows NAME,...] [--seconds N] [--rounds N] [--proxies NAME,...]
        --rows      parts of names such as select-simple-32: select|tpcb, simple|extended|prepared, 1|32|500;
                    without it, all of them
        --proxies   terrace, terrace-all (on all cores), pgbouncer, pgpool, direct; without it, all but terrace-all
      """;

  private static final int WARM_UP_SECONDS = 15;

  private List<String> rows = List.of();
  private List<String> proxies = List.of("terrace", "pgbouncer", "pgpool", "direct");
  private int seconds = 4;
  private int rounds = 1;

  private SqlBench(String[] arguments) {
    if (arguments.length % 2 != 0) {
      throw new IllegalArgumentException(USAGE);
    }
    for (int i = 0; i < arguments.length; i += 2) {
      String value = arguments[i + 1];
      switch (arguments[i]) {
        case "--rows" -> rows = List.of(value.split(",", -1));
        case "--proxies" -> proxies = List.of(value.split(",", -1));
        case "--seconds" -> seconds = Integer.parseInt(value);
        case "--rounds" -> rounds = Integer.parseInt(value);
        default -> throw new IllegalArgumentException(USAGE);
      }
    }
  }

  /**
   * Runs the rows that are asked for.
   *
   * @param arguments see the usage
   */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    SqlBench bench;
    try {
      bench = new SqlBench(arguments);
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage());
      System.exit(2);
      return;
    }
    try (SqlProxies started = new SqlProxies(Files.createTempDirectory("terrace-bench"))) {
      bench.run(started);
    }
    System.exit(0);
  }

  private void run(SqlProxies started) throws IOException, InterruptedException {
    System.out.println(
        "| row | proxy | transactions/s | latency ms | CPU us/transaction | beside pgbouncer |");
    System.out.println("|---|---|---|---|---|---|");
    Map<String, SqlProxy> running = new LinkedHashMap<>();
    for (SqlRow row : SqlRow.all()) {
      if (row.matches(rows)) {
        List<SqlProxy> all = new ArrayList<>();
        for (String name : proxies) {
          if (name.equals("pgpool") && row.clients() > SqlProxies.PGPOOL_CLIENTS_MAX) {
            // It would leave the others waiting for ever.
            continue;
          }
          String key = name.startsWith("terrace") ? name + row.reads() : name;
          SqlProxy proxy = running.get(key);
          if (proxy == null) {
            proxy = start(started, name, row);
            running.put(key, proxy);
          }
          all.add(proxy);
        }
        compare(row, all);
      }
    }
  }

  private static SqlProxy start(SqlProxies started, String name, SqlRow row)
      throws IOException, InterruptedException {
    SqlProxy proxy =
        switch (name) {
          case "terrace" -> started.terrace(row.reads(), false);
          case "terrace-all" -> started.terrace(row.reads(), true);
          case "pgbouncer" -> started.pgbouncer();
          case "pgpool" -> started.pgpool();
          case "direct" -> started.direct();
          default -> throw new IllegalArgumentException(USAGE);
        };
    if (name.startsWith("terrace")) {
      for (SqlRow.Mode mode : SqlRow.Mode.values()) {
        SqlResult.of(new SqlRow(row.reads(), mode, 32), proxy, WARM_UP_SECONDS);
      }
    }
    return proxy;
  }

  private void compare(SqlRow row, List<SqlProxy> all) throws IOException, InterruptedException {
    Map<String, List<SqlResult>> results = new LinkedHashMap<>();
    for (int round = 0; round < rounds; round++) {
      for (SqlProxy proxy : all) {
        results
            .computeIfAbsent(proxy.name(), n -> new ArrayList<>())
            .add(SqlResult.of(row, proxy, seconds));
      }
    }
    List<SqlResult> peer = results.getOrDefault("pgbouncer", List.of());
    results.forEach((name, runs) -> {
      SqlResult middle = SqlResult.median(runs);
      System.out.printf(
          Locale.ROOT,
          "| %s | %s | %,.0f | %.2f | %.1f | %s |%n",
          row.name(),
          name,
          middle.perSecond(),
          middle.latencyMillis(),
          middle.cpuMicros(),
          name.equals("direct") || name.equals("pgbouncer") ? "" : beside(runs, peer));
    });
  }

  /** The ratio of CPU time round by round, and of those the middle. */
  private static String beside(List<SqlResult> runs, List<SqlResult> peer) {
    double[] ratios =
        IntStream.range(0, Math.min(runs.size(), peer.size()))
            .mapToDouble(i -> runs.get(i).cpuMicros() / peer.get(i).cpuMicros())
            .filter(ratio -> !Double.isNaN(ratio))
            .toArray();
    return ratios.length == 0
        ? ""
        : String.format(Locale.ROOT, "%.2f", Median.of(DoubleStream.of(ratios)));
  }
}
