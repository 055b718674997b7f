package dev.terrace.sandbox;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A cache server on a free port with a folder of its own, which can be broken and mended at will.
 * It dies with this JVM.
 */
public abstract sealed class CacheServer implements AutoCloseable
    permits RedisServer, MemcachedServer {

  private static final Duration START_PATIENCE = Duration.ofSeconds(20);
  private static final Duration STOP_PATIENCE = Duration.ofSeconds(5);
  private static final List<String> FOLDERS = List.of("/usr/bin", "/usr/local/bin");

  private final String program;
  private final String debianPackage;
  private final List<String> arguments;
  private final int port = FreePorts.one();
  private final ScratchFolder folder;
  private @Nullable ChildProcess process;

  CacheServer(String program, String debianPackage, List<String> arguments) {
    this.program = program;
    this.debianPackage = debianPackage;
    this.arguments = List.copyOf(arguments);
    this.folder = ScratchFolder.create("terrace-" + program + "-");
  }

  /** Its own arguments for that port and folder; the caller's come behind them. */
  abstract List<String> ownArguments(int onPort, Path inFolder);

  /** What it is asked to find out whether it takes commands. */
  abstract String question();

  /** How answers to that begin; all are of the same length. */
  abstract List<String> answers();

  /** Starts it the first time; what has come of it is removed if it does not start. */
  final void startFirst() {
    try {
      startAgain();
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  /** The port of 127.0.0.1 that it listens on, the same after every start. */
  public final int port() {
    return port;
  }

  /** {@code 127.0.0.1:7001}. */
  public final String address() {
    return "127.0.0.1:" + port;
  }

  /** Starts it again, and waits until it takes commands; nothing happens if it runs. */
  public final synchronized void startAgain() {
    if (alive()) {
      return;
    }
    List<String> command = new ArrayList<>(List.of(executable()));
    command.addAll(ownArguments(port, folder.path()));
    command.addAll(arguments);
    Path log = folder.path().resolve(program + ".log");
    ChildProcess started =
        ChildProcess.start(new ChildProcess.Spec(program + " " + address(), command, log));
    process = started;
    started.waitUntil("ready", START_PATIENCE, this::isReady);
  }

  private String executable() {
    for (String place : FOLDERS) {
      Path file = Path.of(place, program);
      if (Files.isExecutable(file)) {
        return file.toString();
      }
    }
    throw new SandboxException(
        program + " is missing; on Debian: apt-get install " + debianPackage);
  }

  private boolean isReady() {
    try (Socket socket = new Socket()) {
      InetAddress loopback = InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
      socket.connect(new InetSocketAddress(loopback, port), 500);
      socket.setSoTimeout(500);
      socket.getOutputStream().write(question().getBytes(StandardCharsets.US_ASCII));
      byte[] first = socket.getInputStream().readNBytes(answers().getFirst().length());
      return answers().contains(new String(first, StandardCharsets.US_ASCII));
    } catch (IOException e) {
      return false;
    }
  }

  /** Whether its process runs; it may be paused. */
  public final synchronized boolean alive() {
    return process != null && process.alive();
  }

  /** The last lines of its log. */
  public final synchronized String log() {
    return process == null ? "" : process.tail();
  }

  /** Stops it in good order. */
  public final synchronized void stop() {
    if (process != null) {
      if (process.alive()) {
        process.resume();
      }
      process.stop(STOP_PATIENCE);
    }
  }

  /** Kills it (kill -9), as a power failure would. */
  public final synchronized void kill() {
    if (process != null) {
      process.kill();
    }
  }

  /** Stops it in its tracks (SIGSTOP): it accepts connections but never answers. */
  public final synchronized void pause() {
    if (process != null) {
      process.pause();
    }
  }

  /** Lets it go on after {@link #pause}. */
  public final synchronized void resume() {
    if (process != null) {
      process.resume();
    }
  }

  /** Kills it and removes its folder. */
  @Override
  public final void close() {
    kill();
    folder.close();
  }
}
