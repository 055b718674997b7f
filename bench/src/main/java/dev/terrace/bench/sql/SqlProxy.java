package dev.terrace.bench.sql;

import dev.terrace.bench.Processes;
import java.io.IOException;
import java.util.Optional;

/**
 * What pgbench speaks to.
 *
 * @param process whose time counts, with that of its children; empty for a server itself
 */
record SqlProxy(SqlProxyKind kind, int port, Optional<ProcessHandle> process) {

  /** User and system time so far, in seconds. */
  double cpuSeconds() throws IOException {
    return process.isPresent() ? Processes.cpuSeconds(process.get()) : 0;
  }
}
