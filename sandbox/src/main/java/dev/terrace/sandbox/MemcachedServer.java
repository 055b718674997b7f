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
 * A Memcached on a free port, which can be broken and mended at will. It keeps nothing over a
 * restart, and dies with this JVM.
 */
public final class MemcachedServer implements AutoCloseable {

  private static final Duration START_PATIENCE = Duration.ofSeconds(20);
  private static final Duration STOP_PATIENCE = Duration.ofSeconds(5);
  private static final List<String> FOLDERS = List.of("/usr/bin", "/usr/local/bin");

  private final int port = FreePorts.one();
  private final ScratchFolder folder = ScratchFolder.create("terrace-memcached-");
  private final List<String> arguments;
  private @Nullable ChildProcess process;

  private MemcachedServer(List<String> arguments) {
    this.arguments = List.copyOf(arguments);
  }

  /** Starts one, with these arguments besides its port: {@code -I 2m}. */
  public static MemcachedServer start(String... arguments) {
    MemcachedServer server = new MemcachedServer(List.of(arguments));
    try {
      server.startAgain();
    } catch (RuntimeException e) {
      server.close();
      throw e;
    }
    return server;
  }

  /** The port of 127.0.0.1 that it listens on, the same after every start. */
  public int port() {
    return port;
  }

  /** {@code 127.0.0.1:7001}. */
  public String address() {
    return "127.0.0.1:" + port;
  }

  /** Starts it again, and waits until it takes commands; nothing happens if it runs. */
  public synchronized void startAgain() {
    if (alive()) {
      return;
    }
    List<String> command = new ArrayList<>(List.of(program(), "-p", Integer.toString(port)));
    command.addAll(List.of("-l", "127.0.0.1", "-U", "0"));
    if (System.getProperty("user.name", "").equals("root")) {
      command.addAll(List.of("-u", "root")); // it refuses to run as root unless told to
    }
    command.addAll(arguments);
    Path log = folder.path().resolve("memcached.log");
    ChildProcess started =
        ChildProcess.start(new ChildProcess.Spec("Memcached " + address(), command, log));
    process = started;
    started.waitUntil("ready", START_PATIENCE, this::answers);
  }

  private static String program() {
    for (String place : FOLDERS) {
      Path file = Path.of(place, "memcached");
      if (Files.isExecutable(file)) {
        return file.toString();
      }
    }
    throw new SandboxException("memcached is missing; on Debian: apt-get install memcached");
  }

  private boolean answers() {
    try (Socket socket = new Socket()) {
      InetAddress loopback = InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
      socket.connect(new InetSocketAddress(loopback, port), 500);
      socket.setSoTimeout(500);
      socket.getOutputStream().write("mn\r\n".getBytes(StandardCharsets.US_ASCII));
      byte[] first = socket.getInputStream().readNBytes(2);
      return new String(first, StandardCharsets.US_ASCII).equals("MN");
    } catch (IOException e) {
      return false;
    }
  }

  /** Whether its process runs; it may be paused. */
  public synchronized boolean alive() {
    return process != null && process.alive();
  }

  /** The last lines of its log. */
  public synchronized String log() {
    return process == null ? "" : process.tail();
  }

  /** Stops it in good order. */
  public synchronized void stop() {
    if (process != null) {
      if (process.alive()) {
        process.resume();
      }
      process.stop(STOP_PATIENCE);
    }
  }

  /** Kills it (kill -9), as a power failure would. */
  public synchronized void kill() {
    if (process != null) {
      process.kill();
    }
  }

  /** Stops it in its tracks (SIGSTOP): it accepts connections but never answers. */
  public synchronized void pause() {
    if (process != null) {
      process.pause();
    }
  }

  /** Lets it go on after {@link #pause}. */
  public synchronized void resume() {
    if (process != null) {
      process.resume();
    }
  }

  /** Kills it and removes its folder. */
  @Override
  public void close() {
    kill();
    folder.close();
  }
}
