package dev.terrace.bench.sql;

import java.util.Arrays;
import java.util.List;

/**
 * What the command line asks for.
 *
 * @param rows parts of row names; empty for all rows
 * @param seconds length of a run
 * @param rounds runs of each proxy in each row, in turn; the median is printed
 * @param warmUpSeconds how long each proxy runs a row before the row's first round; zero for not
 * @param proxies which to compare
 */
record SqlOptions(
    List<String> rows, int seconds, int rounds, int warmUpSeconds, List<SqlProxyKind> proxies) {

  static final String USAGE =
      """
      bench/sql.sh [--rows NAME,...] [--seconds N] [--rounds N] [--warm-up N] [--proxies NAME,...]
        --rows      parts of names such as select-simple-32: select|tpcb, simple|extended|prepared, 1|32|500;
                    without it, all of them
        --seconds   the length of a run, 4 without it
        --rounds    how many runs each proxy has in each row, in turn, 3 without it; the middle is printed
        --warm-up   for how many seconds each proxy runs a row before it is measured, 8 without it, 0 for not at all
        --proxies   terrace, terrace-all (on all cores), terrace-uring (one thread over io_uring), pgbouncer, pgpool,
                    relay (HAProxy in TCP mode, one thread), direct;
                    without it, all but terrace-all and terrace-uring
      """;

  private static final SqlOptions WITHOUT_ARGUMENTS =
      new SqlOptions(
          List.of(),
          4,
          3,
          8,
          List.of(
              SqlProxyKind.TERRACE,
              SqlProxyKind.PGBOUNCER,
              SqlProxyKind.PGPOOL,
              SqlProxyKind.RELAY,
              SqlProxyKind.DIRECT));

  SqlOptions {
    rows = List.copyOf(rows);
    proxies = List.copyOf(proxies);
    if (seconds < 1 || rounds < 1 || warmUpSeconds < 0) {
      throw new IllegalArgumentException(USAGE);
    }
  }

  static SqlOptions of(String[] arguments) {
    if (arguments.length % 2 != 0) {
      throw new IllegalArgumentException(USAGE);
    }
    SqlOptions options = WITHOUT_ARGUMENTS;
    for (int i = 0; i < arguments.length; i += 2) {
      options = options.with(arguments[i], arguments[i + 1]);
    }
    return options;
  }

  private SqlOptions with(String name, String value) {
    return switch (name) {
      case "--rows" -> new SqlOptions(words(value), seconds, rounds, warmUpSeconds, proxies);
      case "--seconds" -> new SqlOptions(rows, number(value), rounds, warmUpSeconds, proxies);
      case "--rounds" -> new SqlOptions(rows, seconds, number(value), warmUpSeconds, proxies);
      case "--warm-up" -> new SqlOptions(rows, seconds, rounds, number(value), proxies);
      case "--proxies" ->
          new SqlOptions(
              rows,
              seconds,
              rounds,
              warmUpSeconds,
              words(value).stream().map(SqlProxyKind::of).toList());
      default -> throw new IllegalArgumentException(USAGE);
    };
  }

  private static List<String> words(String value) {
    return Arrays.asList(value.split(",", -1));
  }

  private static int number(String value) {
    try {
      return Integer.parseInt(value);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(USAGE, e);
    }
  }
}
