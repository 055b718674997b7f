package dev.terrace.net;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * How many connections the kernel has dropped because nobody accepted those before them. It counts
 * them for all listening sockets of a network namespace together.
 */
final class ListenOverflows {

  private static final Path COUNTERS = Path.of("/proc/net/netstat");
  private static final String GROUP = "TcpExt:";

  private ListenOverflows() {}

  /** The count since the system started; 0 where it cannot be read. */
  static double count() {
    try {
      return in(Files.readAllLines(COUNTERS));
    } catch (IOException e) {
      return 0; // not Linux, or it is not mounted
    }
  }

  /** A line of names is followed by one of numbers. */
  private static double in(List<String> lines) {
    for (int i = 0; i + 1 < lines.size(); i++) {
      if (lines.get(i).startsWith(GROUP)) {
        int at = List.of(lines.get(i).split(" ", -1)).indexOf("ListenOverflows");
        return at < 0 ? 0 : Double.parseDouble(lines.get(i + 1).split(" ", -1)[at]);
      }
    }
    return 0;
  }
}
