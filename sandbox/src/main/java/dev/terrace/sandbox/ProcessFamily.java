package dev.terrace.sandbox;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A process and all its descendants. Not its process group: PostgreSQL's backends each lead one of
 * their own.
 */
final class ProcessFamily {

  private final ProcessHandle root;

  ProcessFamily(ProcessHandle root) {
    this.root = root;
  }

  /** Kills all members, and waits until they are gone. */
  void kill(Duration patience) {
    List<ProcessHandle> members = members();
    members.forEach(ProcessHandle::destroyForcibly);
    // Those that were forked between the look and the blow.
    List<ProcessHandle> late = members.stream().flatMap(ProcessHandle::descendants).toList();
    late.forEach(ProcessHandle::destroyForcibly);
    Stream<ProcessHandle> all = Stream.concat(members.stream(), late.stream());
    List<ProcessHandle> left = all.filter(member -> !endsWithin(member, patience)).toList();
    if (!left.isEmpty()) {
      throw new SandboxException(
          "processes " + left.stream().map(ProcessHandle::pid).toList() + " cannot be killed");
    }
  }

  /** Sends a signal, as in {@code STOP}, to all members, the root first. */
  void signal(String name) {
    send(name, members().stream().map(ProcessHandle::pid).toList());
  }

  /** Sends a signal to one process: Java itself can only send TERM and KILL. */
  static void signal(String name, long pid) {
    send(name, List.of(pid));
  }

  private static void send(String name, List<Long> pids) {
    List<String> command = new ArrayList<>(List.of("sh", "-c", "kill \"$@\"", "sh", "-" + name));
    pids.forEach(pid -> command.add(pid.toString()));
    try {
      Process kill =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      kill.waitFor(); // its status says only that some member ended meanwhile
    } catch (IOException e) {
      throw new SandboxException("cannot send SIG" + name + " to " + pids, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SandboxException("interrupted while sending SIG" + name, e);
    }
  }

  private List<ProcessHandle> members() {
    return Stream.concat(Stream.of(root), root.descendants()).toList();
  }

  private static boolean endsWithin(ProcessHandle member, Duration patience) {
    return Poll.until(patience, () -> !runs(member));
  }

  /** Whether it runs; a zombie, whose parent has not yet asked for its status, does not. */
  static boolean runs(ProcessHandle process) {
    if (!process.isAlive()) {
      return false;
    }
    Optional<Character> state = ProcessState.of(process.pid());
    return state.isEmpty() || (state.get() != 'Z' && state.get() != 'X');
  }
}
