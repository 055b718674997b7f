package dev.terrace.bench.http;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Terrace, nginx and HAProxy in front of the same backend under the same load, one after the other.
 * Prints requests per second, latency, what a request cost the proxy (user and system time of its
 * process from /proc, divided by requests) and what Terrace allocated for it. On a busy machine
 * only those last two mean much.
 */
public final class HttpBench {

  /** After which the compiler has seen a path often enough. */
  private static final int WARM_UP_SECONDS = 5;

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
    Map<String, Result> results =
        runs.entrySet().stream()
            .collect(
                Collectors.toMap(
                    Map.Entry::getKey,
                    e -> Result.median(e.getValue()),
                    (a, b) -> a,
                    LinkedHashMap::new));
    results.forEach((name, result) -> System.out.println(result.line(row, name)));
    results.forEach((name, result) -> {
      if (name.startsWith("terrace")) {
        ratio(row, name, result, results).ifPresent(summary::add);
      }
    });
  }

  private void warmUp(Row row, Proxy proxy) throws IOException, InterruptedException {
    for (boolean large : List.of(true, false)) {
      Row same = new Row(row.protocol(), row.allCores(), row.connections(), row.streams(), large);
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

  private static Optional<String> ratio(
      Row row, String name, Result result, Map<String, Result> all) {
    List<Result> others =
        all.entrySet().stream()
            .filter(e -> !e.getKey().startsWith("terrace"))
            .map(Map.Entry::getValue)
            .toList();
    OptionalDouble cpu = others.stream().mapToDouble(Result::cpuMicros).min();
    OptionalDouble p99 = others.stream().mapToDouble(Result::p99).min();
    return cpu.isEmpty()
        ? Optional.empty()
        : Optional.of(
            String.format(
                Locale.ROOT,
                "%-16s %-17s CPU per request %.2f, p99 %.2f",
                row.name(),
                name,
                result.cpuMicros() / cpu.getAsDouble(),
                result.p99() / p99.orElse(Double.NaN)));
  }
}
