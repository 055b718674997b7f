package dev.terrace.bench.http;

import dev.terrace.bench.MeasuredTerrace;
import dev.terrace.bench.Processes;
import java.io.IOException;
import java.util.OptionalLong;

/**
 * A running proxy.
 *
 * @param firstPort the port for HTTP/1.1; TLS, HTTP/2 in clear text and, for Terrace alone, the
 *     question for allocated bytes follow
 */
record Proxy(String name, int firstPort, boolean allCores, Process process) {

  static final int PORTS = 4;

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
    return Processes.cpuSeconds(process.toHandle());
  }
}
