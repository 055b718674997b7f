package dev.terrace.bench.sql;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * What pgbench speaks to.
 *
 * @param pids the processes whose time counts, with their children
 */
record SqlProxy(String name, int port, List<Long> pids) {

  private static final long TICKS_PER_SECOND = 100;

  /** User and system time so far, in seconds. */
  double cpuSeconds() throws IOException {
    long ticks = 0;
    List<ProcessHandle> all =
        pids.stream()
            .flatMap(pid -> ProcessHandle.of(pid).stream())
            .flatMap(one -> Stream.concat(Stream.of(one), one.descendants()))
            .toList();
    for (ProcessHandle one : all) {
      String stat = Files.readString(Path.of("/proc/" + one.pid() + "/stat"));
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
      ticks += Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
    }
    return (double) ticks / TICKS_PER_SECOND;
  }
}
