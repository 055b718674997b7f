package dev.terrace.sandbox;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;

/**
 * A program that runs as a child and dies with this JVM, with its whole family, even when the JVM
 * is killed: a watchdog shell (watchdog.sh) waits on a pipe that only the JVM holds open. The
 * kernel's parent-death signal would not do, since it is tied to the thread that forked.
 *
 * <p>The child leads its own session, so that Ctrl-C in the terminal reaches the JVM alone and the
 * order of the stop is the JVM's to choose. Its output goes to a log file of bounded size.
 */
public final class ChildProcess implements AutoCloseable {

  private static final Duration KILL_PATIENCE = Duration.ofSeconds(10);
  private static final long LOG_LIMIT = 8L << 20;
  private static final String WATCHDOG = Resources.script("watchdog.sh");
  private static final List<String> NEW_SESSION = newSession();

  private final Spec spec;
  private final Process process;
  private final BoundedLog log;
  private final Thread pump;

  private ChildProcess(Spec spec, Process process, BoundedLog log) {
    this.spec = spec;
    this.process = process;
    this.log = log;
    this.pump = Thread.ofPlatform().daemon().name(spec.name + "-output").unstarted(this::pump);
  }

  /**
   * What to start.
   *
   * @param name for messages
   * @param log the file that its output is appended to
   * @param orphanSignal what it gets when this JVM has died, as in {@code TERM}
   * @param orphanSeconds how long it may then take before it is killed
   */
  public record Spec(
      String name,
      List<String> command,
      Map<String, String> environment,
      Path log,
      String orphanSignal,
      int orphanSeconds) {

    public Spec {
      command = List.copyOf(command);
      environment = Map.copyOf(environment);
    }

    /** Asked to end by TERM when this JVM has died, and killed two seconds later. */
    public Spec(String name, List<String> command, Path log) {
      this(name, command, Map.of(), log, "TERM", 2);
    }
  }

  /** Starts it. */
  public static ChildProcess start(Spec spec) {
    List<String> line = new ArrayList<>(NEW_SESSION);
    line.addAll(List.of("sh", "-c", WATCHDOG, "watchdog", spec.orphanSignal));
    line.add(Integer.toString(spec.orphanSeconds));
    line.addAll(spec.command);
    ProcessBuilder builder = new ProcessBuilder(line).redirectErrorStream(true);
    builder.environment().putAll(spec.environment);
    BoundedLog log = new BoundedLog(spec.log, LOG_LIMIT);
    try {
      ChildProcess child = new ChildProcess(spec, builder.start(), log);
      child.pump.start();
      return child;
    } catch (IOException e) {
      throw new SandboxException("cannot start " + spec.name + ": " + e.getMessage(), e);
    }
  }

  /** The id of the program's own process. */
  public long pid() {
    return process.pid();
  }

  /** Whether it runs. */
  public boolean alive() {
    return process.isAlive();
  }

  /** The file that its output goes to. */
  public Path log() {
    return spec.log;
  }

  /** The last lines of its output. */
  public String tail() {
    return log.tail();
  }

  /**
   * Waits until it is ready.
   *
   * @throws SandboxException with the last lines of its output if it ends or time runs out first
   */
  public void waitUntil(String what, Duration patience, BooleanSupplier ready) {
    boolean[] isReady = {false};
    Poll.until(patience, () -> (isReady[0] = ready.getAsBoolean()) || !alive());
    if (!isReady[0]) {
      throw new SandboxException(
          spec.name
              + (alive() ? " was not " + what + " within " + patience : ended() + " before " + what)
              + "; its output ("
              + spec.log
              + ") ends with:\n"
              + tail());
    }
  }

  /**
   * Waits until it has ended by itself with status 0.
   *
   * @throws SandboxException with the last lines of its output if it fails or takes too long
   */
  public void waitUntilDone(Duration patience) {
    if (!Poll.until(patience, () -> !alive())) {
      kill();
      throw new SandboxException(spec.name + " took longer than " + patience + ":\n" + tail());
    }
    joinPump();
    if (process.exitValue() != 0) {
      throw new SandboxException(spec.name + ended() + ":\n" + tail());
    }
  }

  /** Asks it to end by TERM; kills it with its family if that takes too long. */
  public void stop(Duration patience) {
    stop("TERM", patience);
  }

  /** Asks it to end by a signal, as in {@code INT}; kills it if that takes too long. */
  public void stop(String signal, Duration patience) {
    if (alive()) {
      ProcessFamily.signal(signal, pid());
      Poll.until(patience, () -> !alive());
    }
    kill();
  }

  /** Kills it and its family, and waits until they are gone. */
  public void kill() {
    if (alive()) {
      new ProcessFamily(process.toHandle()).kill(KILL_PATIENCE);
    }
    joinPump();
  }

  /** Stops it and its family in their tracks (SIGSTOP): connections stay open and silent. */
  public void pause() {
    new ProcessFamily(process.toHandle()).signal("STOP");
  }

  /** Lets it go on after {@link #pause}. */
  public void resume() {
    new ProcessFamily(process.toHandle()).signal("CONT");
  }

  /** Kills it. */
  @Override
  public void close() {
    kill();
  }

  private String ended() {
    joinPump();
    int status = process.isAlive() ? 0 : process.exitValue();
    return status > 128 ? " was ended by signal " + (status - 128) : " ended with status " + status;
  }

  private void pump() {
    byte[] buffer = new byte[8192];
    try (log;
        InputStream output = process.getInputStream()) {
      for (int read = output.read(buffer); read >= 0; read = output.read(buffer)) {
        log.append(buffer, read);
      }
    } catch (IOException e) {
      // The stream is closed under the reader when the process ends: all there was has been read.
      System.getLogger(ChildProcess.class.getName())
          .log(System.Logger.Level.DEBUG, () -> spec.name + ": end of output, " + e.getMessage());
    }
  }

  private void joinPump() {
    try {
      pump.join(Duration.ofSeconds(1)); // longer if a grandchild kept the output open: don't wait
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static List<String> newSession() {
    for (String folder : List.of("/usr/bin", "/bin")) {
      if (Files.isExecutable(Path.of(folder, "setsid"))) {
        return List.of(folder + "/setsid");
      }
    }
    return List.of(); // Ctrl-C then reaches the child too: it still ends, only less orderly
  }
}
