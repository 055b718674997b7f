package dev.terrace.bench.sql;

import dev.terrace.net.Transport;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What the benchmark can compare. */
enum SqlProxyKind {
  /** Terrace on one event loop. */
  TERRACE,
  /** Terrace on all cores. */
  TERRACE_ALL,
  /** Terrace on one event loop over io_uring. */
  TERRACE_URING,
  PGBOUNCER,
  PGPOOL,
  /** HAProxy as a plain relay of bytes, which knows nothing of PostgreSQL. */
  RELAY,
  /** No proxy. */
  DIRECT;

  /** How many clients pgpool-II takes at once here: each has a process of its own. */
  static final int PGPOOL_CLIENTS_MAX = 40;

  /** How many clients a relay can bring along: each has a server connection of its own. */
  private static final int RELAY_CLIENTS_MAX = 400;

  /** The one that is called so on the command line. */
  static SqlProxyKind of(String label) {
    return Arrays.stream(values())
        .filter(kind -> kind.label().equals(label))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException(SqlOptions.USAGE));
  }

  /** Its name on the command line and in the table. */
  String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  boolean isTerrace() {
    return switch (this) {
      case TERRACE, TERRACE_ALL, TERRACE_URING -> true;
      case PGBOUNCER, PGPOOL, RELAY, DIRECT -> false;
    };
  }

  /** Whether it serves as many clients at once; else it would leave some waiting for ever. */
  boolean takes(int clients) {
    return switch (this) {
      case PGPOOL -> clients <= PGPOOL_CLIENTS_MAX;
      case RELAY -> clients <= RELAY_CLIENTS_MAX;
      case TERRACE, TERRACE_ALL, TERRACE_URING, PGBOUNCER, DIRECT -> true;
    };
  }

  /** What it would need that this machine has not, if anything. */
  Optional<String> missing() {
    return switch (this) {
      case TERRACE_URING ->
          Transport.IO_URING.available()
              ? Optional.empty()
              : Optional.of("the kernel offers no io_uring");
      case RELAY ->
          isProgram("haproxy")
              ? Optional.empty()
              : Optional.of("haproxy is missing: apt-get install haproxy");
      case TERRACE, TERRACE_ALL, PGBOUNCER, PGPOOL, DIRECT -> Optional.empty();
    };
  }

  private static boolean isProgram(String name) {
    String path = System.getenv().getOrDefault("PATH", "");
    return Arrays.stream(path.split(File.pathSeparator, -1))
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, name)));
  }
}
