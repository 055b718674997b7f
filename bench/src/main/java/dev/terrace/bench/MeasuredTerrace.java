package dev.terrace.bench;

import com.sun.management.ThreadMXBean;
import dev.terrace.app.Main;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/**
 * {@code terrace run}, with one more thread that tells whoever connects to a port how many bytes
 * all threads have allocated since the start.
 */
public final class MeasuredTerrace {

  private MeasuredTerrace() {}

  /**
   * Serves until killed.
   *
   * @param arguments the port for that question, the file
   */
  public static void main(String[] arguments) throws IOException {
    int port = Integer.parseInt(arguments[0]);
    ServerSocket asked = new ServerSocket(port, 5, InetAddress.getLoopbackAddress());
    Thread.ofPlatform().daemon().name("allocation").start(() -> answer(asked));
    Main.main("run", arguments[1]);
  }

  private static void answer(ServerSocket asked) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    try (asked) {
      while (true) {
        try (Socket socket = asked.accept()) {
          String bytes = String.valueOf(threads.getTotalThreadAllocatedBytes());
          socket.getOutputStream().write(bytes.getBytes(StandardCharsets.US_ASCII));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Asks such a process. */
  public static long allocatedBytes(int port) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      byte[] answer = socket.getInputStream().readAllBytes();
      return Long.parseLong(new String(answer, StandardCharsets.US_ASCII));
    }
  }
}
