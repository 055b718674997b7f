package dev.terrace.sandbox;

import java.io.IOException;
import java.io.InputStream;
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
 * A Redis server on a free port with a folder of its own, which can be broken and mended at will.
 * It keeps nothing over a restart unless its arguments say so, and dies with this JVM.
 */
public final class RedisServer implements AutoCloseable {

  private static final Duration START_PATIENCE = Duration.ofSeconds(20);
  private static final Duration STOP_PATIENCE = Duration.ofSeconds(5);
  private static final List<String> FOLDERS = List.of("/usr/bin", "/usr/local/bin");

  private final int port = FreePorts.one();
  private final ScratchFolder folder = ScratchFolder.create("terrace-redis-");
  private final List<String> arguments;
  private @Nullable ChildProcess process;

  private RedisServer(List<String> arguments) {
    this.arguments = List.copyOf(arguments);
  }

  /** Starts one, with these arguments besides its port and folder: {@code --requirepass secret}. */
  public static RedisServer start(String... arguments) {
    RedisServer server = new RedisServer(List.of(arguments));
    try {
      server.start();
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
  public synchronized void start() {
    if (alive()) {
      return;
    }
    List<String> command = new ArrayList<>(List.of(program(), "--port", Integer.toString(port)));
    command.addAll(List.of("--bind", "127.0.0.1", "--dir", folder.path().toString()));
    command.addAll(List.of("--save", "", "--appendonly", "no"));
    command.addAll(arguments);
    Path log = folder.path().resolve("redis.log");
    ChildProcess started =
        ChildProcess.start(new ChildProcess.Spec("Redis " + address(), command, log));
    process = started;
    started.waitUntil("ready", START_PATIENCE, this::answers);
  }

  private static String program() {
    for (String place : FOLDERS) {
      Path file = Path.of(place, "redis-server");
      if (Files.isExecutable(file)) {
        return file.toString();
      }
    }
    throw new SandboxException("redis-server is missing; on Debian: apt-get install redis-server");
  }

  /** Any answer will do: it may ask for a password first. */
  private boolean answers() {
    try (Socket socket = new Socket()) {
      InetAddress loopback = InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
      socket.connect(new InetSocketAddress(loopback, port), 500);
      socket.setSoTimeout(500);
      socket.getOutputStream().write("PING\r\n".getBytes(StandardCharsets.US_ASCII));
      InputStream in = socket.getInputStream();
      byte[] first = in.readNBytes(5);
      String text = new String(first, StandardCharsets.US_ASCII);
      return text.equals("+PONG") || text.equals("-NOAU");
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
