package dev.terrace.http;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** A real server on a free port whose connections follow a script. */
final class Backend implements AutoCloseable {

  /** Serves one connection; it is closed when this returns or throws. */
  @FunctionalInterface
  interface Script {
    void serve(HttpConnection connection) throws IOException;
  }

  /** Answers one request. */
  @FunctionalInterface
  interface Answer {
    String to(HttpConnection.Message request) throws IOException;
  }

  private final ServerSocket server;
  private final Script script;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  final AtomicInteger connections = new AtomicInteger();
  final AtomicInteger requests = new AtomicInteger();

  private Backend(int port, Script script) throws IOException {
    this.script = script;
    server = new ServerSocket(port, 512, InetAddress.getLoopbackAddress());
    // No virtual thread: a port that one of those waits on is still open when close() returns.
    Thread.ofPlatform().daemon().start(this::accept);
  }

  static Backend start(Script script) throws IOException {
    return new Backend(0, script);
  }

  static Backend startAt(int port, Script script) throws IOException {
    return new Backend(port, script);
  }

  /** Answers every request on keep-alive connections with 200 and this text. */
  static Backend saying(String text) throws IOException {
    return answering(request -> ok(text));
  }

  static Backend answering(Answer answer) throws IOException {
    Backend[] self = new Backend[1];
    self[0] = start(connection -> self[0].serveAll(connection, answer));
    return self[0];
  }

  static Backend answeringAt(int port, Answer answer) throws IOException {
    Backend[] self = new Backend[1];
    self[0] = startAt(port, connection -> self[0].serveAll(connection, answer));
    return self[0];
  }

  private void serveAll(HttpConnection connection, Answer answer) throws IOException {
    while (true) {
      HttpConnection.Message request = connection.read();
      requests.incrementAndGet();
      connection.send(answer.to(request));
    }
  }

  static String ok(String text) {
    return "HTTP/1.1 200 OK\r\nContent-Length: "
        + text.getBytes(StandardCharsets.ISO_8859_1).length
        + "\r\n\r\n"
        + text;
  }

  private void accept() {
    try {
      while (true) {
        Socket socket = server.accept();
        connections.incrementAndGet();
        open.add(socket);
        if (server.isClosed()) {
          socket.close(); // accepted while cut() looked at the others
        }
        Thread.ofVirtual().start(() -> serve(socket));
      }
    } catch (IOException e) {
      // closed
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      script.serve(new HttpConnection(socket));
    } catch (IOException e) {
      // the other side left, or the test closed us
    } finally {
      open.remove(socket);
    }
  }

  int port() {
    return server.getLocalPort();
  }

  String address() {
    return "127.0.0.1:" + port();
  }

  /** Closes the connections; the port goes on listening. */
  void cut() throws IOException {
    for (Socket socket : open) {
      socket.close();
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
    cut();
  }

  /** What a member takes to answer, where that time is the matter of a test. */
  static void pause(long millis) throws IOException {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }
}
