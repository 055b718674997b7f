package dev.terrace.bench.sql;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * pgbench through Terrace, pgbouncer, pgpool-II and a plain relay and straight to a server, one
 * after the other. Prints transactions per second, latency, and what a transaction cost the proxy
 * (user and system time of its processes from /proc), which alone means much on a busy machine.
 */
public final class SqlBench {

  /** For each way of sending statements, once a Terrace has started. */
  private static final int FIRST_WARM_UP_SECONDS = 5;

  private final SqlOptions options;
  private final SqlProxies proxies;
  private final Map<String, SqlProxy> running = new LinkedHashMap<>();

  private SqlBench(SqlOptions options, SqlProxies proxies) {
    this.options = options;
    this.proxies = proxies;
  }

  /**
   * Runs the rows that are asked for.
   *
   * @param arguments see the usage
   */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    SqlOptions options;
    try {
      options = SqlOptions.of(arguments);
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage());
      System.exit(2);
      return;
    }
    try (SqlProxies proxies = new SqlProxies(Files.createTempDirectory("terrace-bench"))) {
      new SqlBench(options, proxies).run();
    }
    System.exit(0);
  }

  private void run() throws IOException, InterruptedException {
    List<SqlProxyKind> kinds = possible();
    SqlTable.printHead();
    for (SqlRow row : SqlRow.all()) {
      if (row.matches(options.rows())) {
        List<SqlProxy> compared = new ArrayList<>();
        for (SqlProxyKind kind : kinds) {
          if (kind.takes(row.clients())) {
            compared.add(proxy(kind, row));
          }
        }
        SqlTable.print(row, compare(row, compared));
      }
    }
  }

  private List<SqlProxyKind> possible() {
    List<SqlProxyKind> possible = new ArrayList<>();
    for (SqlProxyKind kind : options.proxies()) {
      kind.missing()
          .ifPresentOrElse(
              why -> System.err.println("without " + kind.label() + ": " + why),
              () -> possible.add(kind));
    }
    return possible;
  }

  /** The one that runs already; else starts it. */
  private SqlProxy proxy(SqlProxyKind kind, SqlRow row) throws IOException, InterruptedException {
    String key = kind.isTerrace() ? kind.label() + row.reads() : kind.label();
    SqlProxy proxy = running.get(key);
    if (proxy == null) {
      proxy = proxies.start(kind, row.reads());
      running.put(key, proxy);
      if (kind.isTerrace()) {
        for (SqlRow.Mode mode : SqlRow.Mode.values()) {
          SqlResult.of(new SqlRow(row.reads(), mode, 32), proxy, FIRST_WARM_UP_SECONDS);
        }
      }
    }
    return proxy;
  }

  private Map<SqlProxyKind, List<SqlResult>> compare(SqlRow row, List<SqlProxy> compared)
      throws IOException, InterruptedException {
    if (options.warmUpSeconds() > 0) {
      // With this very row, whose shape a JVM's compiler has not seen yet.
      for (SqlProxy proxy : compared) {
        SqlResult.of(row, proxy, options.warmUpSeconds());
      }
    }
    Map<SqlProxyKind, List<SqlResult>> results = new LinkedHashMap<>();
    for (int round = 0; round < options.rounds(); round++) {
      for (SqlProxy proxy : compared) {
        results
            .computeIfAbsent(proxy.kind(), k -> new ArrayList<>())
            .add(SqlResult.of(row, proxy, options.seconds()));
      }
    }
    return results;
  }
}
