package dev.terrace.bench.soak;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A member that can be killed at any moment, as a process is: its listener and all its connections
 * are gone at once. It answers a request with the body that {@link Question} expects, and echoes
 * what comes after an upgrade.
 */
final class Member implements AutoCloseable {

  private final int port;
  private final Set<Socket> connections = ConcurrentHashMap.newKeySet();
  private volatile @Nullable ServerSocket listener;

  Member() throws IOException {
    ServerSocket first = listen(0);
    port = first.getLocalPort();
    serve(first);
  }

  private static ServerSocket listen(int port) throws IOException {
    ServerSocket socket = new ServerSocket();
    socket.setReuseAddress(true);
    socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
    return socket;
  }

  String address() {
    return "127.0.0.1:" + port;
  }

  boolean alive() {
    return listener != null;
  }

  void start() throws IOException {
    serve(listen(port));
  }

  private void serve(ServerSocket socket) {
    listener = socket;
    Thread.startVirtualThread(() -> {
      while (!socket.isClosed()) {
        try {
          Socket connection = socket.accept();
          connections.add(connection);
          Thread.startVirtualThread(() -> serve(connection, socket));
        } catch (IOException e) {
          return; // killed
        }
      }
    });
  }

  void kill() throws IOException {
    ServerSocket socket = listener;
    listener = null;
    if (socket != null) {
      socket.close();
    }
    for (Socket connection : connections) {
      connection.close();
    }
    connections.clear();
  }

  private void serve(Socket connection, ServerSocket from) {
    try (connection) {
      if (from.isClosed()) {
        return; // accepted while it was being killed
      }
      connection.setTcpNoDelay(true);
      InputStream in = new BufferedInputStream(connection.getInputStream());
      OutputStream out = connection.getOutputStream();
      String start = Wire.line(in);
      while (!start.isEmpty()) {
        Map<String, String> headers = Wire.headers(in);
        if (headers.containsKey("upgrade")) {
          out.write(
              Wire.bytes(
                  "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: echo\r\n\r\n"));
          in.transferTo(out);
          return;
        }
        out.write(answer(start, Wire.text(Wire.body(in, headers))));
        start = Wire.line(in);
      }
    } catch (IOException e) {
      // killed, or the proxy closed: both are what this is for
    } finally {
      connections.remove(connection);
    }
  }

  /** The whole answer in one piece, so that it arrives whole or not at all. */
  private static byte[] answer(String start, String body) {
    String[] words = start.split(" ", -1);
    byte[] content = Question.answerTo(words[0], words[1], body);
    String head = "HTTP/1.1 200 OK\r\nContent-Length: " + content.length + "\r\n\r\n";
    byte[] bytes = Wire.bytes(head);
    if (words[0].equals("HEAD")) {
      return bytes;
    }
    byte[] whole = java.util.Arrays.copyOf(bytes, bytes.length + content.length);
    System.arraycopy(content, 0, whole, bytes.length, content.length);
    return whole;
  }

  @Override
  public void close() throws IOException {
    kill();
  }

  @Override
  public String toString() {
    return address();
  }
}
