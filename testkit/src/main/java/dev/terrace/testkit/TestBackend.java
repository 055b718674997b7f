package dev.terrace.testkit;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A real HTTP/1.1 server on 127.0.0.1 that behaves as a test tells it, well or badly, with a
 * virtual thread per connection. It echoes requests until told otherwise, and counts them.
 */
public final class TestBackend implements AutoCloseable {

  private final int port;
  private final AtomicInteger connections = new AtomicInteger();
  private final Map<Socket, Thread> open = new ConcurrentHashMap<>();
  private final Set<Socket> idle = ConcurrentHashMap.newKeySet();
  private final List<BackendRequest> requests = new CopyOnWriteArrayList<>();
  private final Map<String, Behaviour> byPath = new ConcurrentHashMap<>();
  private volatile Behaviour other = Behaviour.echo();
  private volatile @Nullable ServerSocket listener;

  private TestBackend(ServerSocket listener) {
    this.port = listener.getLocalPort();
    this.listener = listener;
  }

  /** Starts one on a free port; it echoes. */
  public static TestBackend start() {
    TestBackend backend = new TestBackend(listen(0));
    backend.accept();
    return backend;
  }

  /** Starts one that behaves like this. */
  public static TestBackend start(Behaviour behaviour) {
    return start().behave(behaviour);
  }

  /** Behaves like this from now on, on all paths without a behaviour of their own. */
  public TestBackend behave(Behaviour behaviour) {
    this.other = behaviour;
    return this;
  }

  /** Behaves like this on one path from now on. */
  public TestBackend on(String path, Behaviour behaviour) {
    byPath.put(path, behaviour);
    return this;
  }

  /** The port; the same after a restart. */
  public int port() {
    return port;
  }

  /** {@code 127.0.0.1:PORT}. */
  public String address() {
    return "127.0.0.1:" + port;
  }

  /** The requests whose heads have come, in order. */
  public List<BackendRequest> requests() {
    return List.copyOf(requests);
  }

  /** The requests to one path. */
  public List<BackendRequest> requests(String path) {
    return requests.stream().filter(request -> request.path().equals(path)).toList();
  }

  /** How many connections were ever accepted. */
  public int connections() {
    return connections.get();
  }

  /** How many connections are open. */
  public int openConnections() {
    return open.size();
  }

  /** Closes the connections that wait for a next request: a keep-alive time that is over. */
  public void closeIdle() {
    idle.forEach(TestBackend::close);
  }

  /** Stops as a crash does: the port refuses, open connections are cut. */
  public void stop() {
    ServerSocket current = listener;
    listener = null;
    if (current != null) {
      close(current);
    }
    open.forEach((socket, thread) -> {
      thread.interrupt();
      close(socket);
    });
  }

  /** Listens on the same port again after {@link #stop}. */
  public void restart() {
    listener = listen(port);
    accept();
  }

  @Override
  public void close() {
    stop();
  }

  private static ServerSocket listen(int port) {
    try {
      ServerSocket socket = new ServerSocket();
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1024);
      return socket;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot listen on port " + port, e);
    }
  }

  private void accept() {
    ServerSocket mine = listener;
    if (mine == null) {
      return;
    }
    // No virtual thread: a port that one of those waits on is still open when close() returns.
    Thread.ofPlatform()
        .daemon()
        .start(() -> {
          try {
            while (true) {
              Socket socket = mine.accept();
              connections.incrementAndGet();
              Thread thread = Thread.ofVirtual().unstarted(() -> serve(socket));
              open.put(socket, thread);
              thread.start();
              if (mine.isClosed()) {
                close(socket); // accepted while stop() looked at the others
              }
            }
          } catch (IOException e) {
            close(mine); // stopped
          }
        });
  }

  private void serve(Socket socket) {
    try (socket) {
      socket.setTcpNoDelay(true);
      InputStream in = new BufferedInputStream(socket.getInputStream());
      OutputStream out = socket.getOutputStream();
      BackendReply reply = new BackendReply(socket, out);
      boolean goesOn = true;
      while (goesOn) {
        idle.add(socket);
        Optional<BackendRequest> request = BackendRequest.read(in, out);
        idle.remove(socket);
        if (request.isEmpty()) {
          return;
        }
        requests.add(request.get());
        byPath.getOrDefault(request.get().path(), other).answer(request.get(), reply);
        goesOn = !socket.isClosed() && request.get().keepsAlive();
        if (goesOn) {
          request.get().body(); // what the behaviour left unread
        }
      }
    } catch (IOException | RuntimeException e) {
      // The client's fault or the test's wish: the connection ends, the test sees it.
      close(socket);
    } finally {
      idle.remove(socket);
      open.remove(socket);
    }
  }

  private static void close(AutoCloseable socket) {
    try {
      socket.close();
    } catch (Exception e) {
      throw new IllegalStateException("a socket that does not close", e);
    }
  }
}
