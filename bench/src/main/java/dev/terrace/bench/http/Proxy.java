package dev.terrace.bench.http;

import dev.terrace.bench.MeasuredTerrace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * A running proxy.
 *
 * @param firstPort the port for HTTP/1.1; TLS, HTTP/2 in clear text and, for Terrace alone, the
 *     question for allocated bytes follow
 */
record Proxy(String name, int firstPort, boolean allCores, Process process) {

  static final int PORTS = 4;
  private static final long TICKS_PER_SECOND = 100;

  int port(Row.Protocol protocol) {
    return firstPort
        + switch (protocol) {
          case H1 -> 0;
          case TLS, H2 -> 1;
          // Terrace has one port for both.
          case H2C -> isTerrace() ? 0 : 2;
        };
  }

  boolean isTerrace() {
    return name.startsWith("terrace");
  }

  /** Bytes that the process has allocated; nothing for those that are not in Java. */
  OptionalLong allocatedBytes() throws IOException {
    return isTerrace()
        ? OptionalLong.of(MeasuredTerrace.allocatedBytes(firstPort + PORTS - 1))
        : OptionalLong.empty();
  }

  /** User and system time of the process and its workers, in seconds. */
  double cpuSeconds() throws IOException {
    long ticks = 0;
    List<ProcessHandle> all =
        Stream.concat(Stream.of(process.toHandle()), process.descendants()).toList();
    for (ProcessHandle one : all) {
      String stat = Files.readString(Path.of("/proc/" + one.pid() + "/stat"));
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
      ticks += Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
    }
    return (double) ticks / TICKS_PER_SECOND;
  }
}
