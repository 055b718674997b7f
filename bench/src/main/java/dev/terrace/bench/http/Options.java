package dev.terrace.bench.http;

import java.util.ArrayList;
import java.util.List;

/**
 * What the command line asks for.
 *
 * @param rows parts of row names; empty for all rows
 * @param seconds length of a run
 * @param rounds runs of each proxy in each row; the median is printed
 * @param proxies which to compare
 * @param profile whether to record Terrace with JFR
 * @param java options of Terrace's JVM
 */
record Options(
    List<String> rows,
    int seconds,
    int rounds,
    List<String> proxies,
    boolean profile,
    List<String> java) {

  static final String USAGE =
      """
      bench/http.sh [--rows NAME,...] [--seconds N] [--rounds N] [--proxies NAME,...] [--profile]
                    [--java "OPTION ..."]
        --rows      parts of names such as h1-one-64-1k: h1|tls|h2c|h2, one|all, 64|1000, 1k|100k, paced;
                    without it, all of them
        --proxies   terrace (epoll), terrace-io_uring, nginx, haproxy; without it, all but io_uring
        --profile   record Terrace with JFR and print the methods where its time goes
        --java      options of Terrace's JVM, after those that ./terrace gives
      """;

  Options {
    rows = List.copyOf(rows);
    proxies = List.copyOf(proxies);
    java = List.copyOf(java);
  }

  static Options of(String[] arguments) {
    Options options =
        new Options(List.of(), 4, 1, List.of("terrace", "nginx", "haproxy"), false, List.of());
    List<String> left = new ArrayList<>(List.of(arguments));
    while (!left.isEmpty()) {
      options = options.with(left);
    }
    return options;
  }

  private Options with(List<String> left) {
    String name = left.removeFirst();
    if (name.equals("--profile")) {
      return new Options(rows, seconds, rounds, proxies, true, java);
    }
    if (left.isEmpty()) {
      throw new IllegalArgumentException(USAGE);
    }
    String value = left.removeFirst();
    return switch (name) {
      case "--rows" -> new Options(words(value, ","), seconds, rounds, proxies, profile, java);
      case "--seconds" ->
          new Options(rows, Integer.parseInt(value), rounds, proxies, profile, java);
      case "--rounds" ->
          new Options(rows, seconds, Integer.parseInt(value), proxies, profile, java);
      case "--proxies" -> new Options(rows, seconds, rounds, words(value, ","), profile, java);
      case "--java" -> new Options(rows, seconds, rounds, proxies, profile, words(value, " "));
      default -> throw new IllegalArgumentException(USAGE);
    };
  }

  private static List<String> words(String value, String between) {
    return List.of(value.split(between, -1));
  }
}
