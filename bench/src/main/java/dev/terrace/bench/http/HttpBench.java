package dev.terrace.bench.http;

import dev.terrace.bench.Median;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * Terrace, nginx and HAProxy in front of the same backend under the same load, one after the other.
 * Prints requests per second, latency, what a request cost the proxy (user and system time of its
 * process from /proc, divided by requests) and what Terrace allocated for it. On a busy machine
 * only those last two mean much.
 */
public final class HttpBench {

  /** After which the compiler has seen a path often enough. */
  private static final int WARM_UP_SECONDS = 10;

  private final Options options;
  private final Path folder;
  private final Map<Proxy, Set<Row.Protocol>> warm = new LinkedHashMap<>();

  private HttpBench(Options options, Path folder) {
    this.options = options;
    this.folder = folder;
  }

  /**
   * Runs the rows that are asked for.
   *
   * @param arguments see {@link Options#USAGE}
   */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    Options options;
    List<Row> rows;
    try {
      options = Options.of(arguments);
      rows = Row.all().stream().filter(row -> row.matches(options.rows())).toList();
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage());
      System.exit(2);
      return;
    }
    Path folder = Files.createTempDirectory("terrace-bench");
    boolean secure = rows.stream().anyMatch(row -> row.protocol().secure());
    try (Proxies proxies = new Proxies(folder, options, secure)) {
      new HttpBench(options, folder).run(rows, proxies);
    }
  }

  private void run(List<Row> rows, Proxies proxies) throws IOException, InterruptedException {
    System.out.println(Result.HEADER);
    Map<Boolean, List<Proxy>> started = new LinkedHashMap<>();
    List<String> summary = new ArrayList<>();
    for (Row row : rows) {
      if (!started.containsKey(row.allCores())) {
        List<Proxy> all = new ArrayList<>();
        for (String name : options.proxies()) {
          all.add(proxies.start(name, row.allCores()));
        }
        started.put(row.allCores(), all);
      }
      compare(row, started.getOrDefault(row.allCores(), List.of()), summary);
    }
    System.out.println("\nTerrace beside the better of the others (below 1 is better):");
    summary.forEach(System.out::println);
  }

  private void compare(Row row, List<Proxy> proxies, List<String> summary)
      throws IOException, InterruptedException {
    for (Proxy proxy : proxies) {
      if (proxy.isTerrace()
          && !warm.computeIfAbsent(proxy, p -> new HashSet<>()).contains(row.protocol())) {
        warmUp(row, proxy);
      }
    }
    Map<String, List<Result>> runs = new LinkedHashMap<>();
    for (int round = 0; round < options.rounds(); round++) {
      for (Proxy proxy : proxies) {
        runs.computeIfAbsent(proxy.name(), n -> new ArrayList<>()).add(measure(row, proxy));
      }
    }
    runs.forEach((name, results) -> System.out.println(Result.median(results).line(row, name)));
    runs.forEach((name, results) -> {
      if (name.startsWith("terrace")) {
        summary.add(beside(row, name, results, runs));
      }
    });
  }

  private void warmUp(Row row, Proxy proxy) throws IOException, InterruptedException {
    for (boolean large : List.of(true, false)) {
      Row same =
          new Row(row.protocol(), row.allCores(), row.connections(), row.streams(), large, 0);
      Load.on(same, proxy.port(row.protocol()), WARM_UP_SECONDS, folder);
    }
    warm.getOrDefault(proxy, new HashSet<>()).add(row.protocol());
  }

  private Result measure(Row row, Proxy proxy) throws IOException, InterruptedException {
    if (!options.profile() || !proxy.isTerrace()) {
      return Result.of(row, proxy, options.seconds(), folder);
    }
    Profile profile = Profile.start(proxy, folder.resolve(row.name() + ".jfr"));
    Result result = Result.of(row, proxy, options.seconds(), folder);
    System.out.println("\n" + row.name() + ", recorded");
    profile.stop();
    return result;
  }

  private static String beside(
      Row row, String name, List<Result> results, Map<String, List<Result>> all) {
    List<List<Result>> others =
        all.entrySet().stream()
            .filter(e -> !e.getKey().startsWith("terrace"))
            .map(Map.Entry::getValue)
            .toList();
    return String.format(
        Locale.ROOT,
        "%-20s %-17s CPU per request %.2f, p99 %.2f",
        row.name(),
        name,
        ratio(results, others, Result::cpuMicros),
        ratio(results, others, Result::p99));
  }

  /**
   * The ratio to whoever is better in that figure, round by round, and of those the middle: the
   * speed of a machine that others use drifts, but less so within a round.
   */
  private static double ratio(
      List<Result> ours, List<List<Result>> others, ToDoubleFunction<Result> figure) {
    Optional<List<Result>> better =
        others.stream()
            .min(Comparator.comparingDouble(o -> figure.applyAsDouble(Result.median(o))));
    return better.isEmpty()
        ? Double.NaN
        : Median.of(
            IntStream.range(0, ours.size())
                .mapToDouble(i ->
                    figure.applyAsDouble(ours.get(i)) / figure.applyAsDouble(better.get().get(i))));
  }
}
