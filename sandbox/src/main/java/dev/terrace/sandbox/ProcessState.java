package dev.terrace.sandbox;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** The one-letter state of a process as in {@code ps}: R, S, D, T, Z, X. */
final class ProcessState {

  private ProcessState() {}

  /** The state; empty where it is gone or the system has no /proc. */
  static Optional<Character> of(long pid) {
    try {
      byte[] bytes = Files.readAllBytes(Path.of("/proc/" + pid + "/stat"));
      String stat = new String(bytes, StandardCharsets.ISO_8859_1);
      return Optional.of(stat.charAt(stat.lastIndexOf(')') + 2)); // PID (COMMAND) STATE ...
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
