package dev.terrace.engine.link;

import dev.terrace.core.pool.Address;
import dev.terrace.engine.EngineFailure;
import dev.terrace.engine.StoreSettings;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;

/** How TCP connections to servers are made. */
public final class Dialling {

  private Dialling() {}

  /** What is said on a new connection before it is used. */
  @FunctionalInterface
  public interface Greeting<L> {
    /** Makes a link of a connection. */
    L over(Socket socket, Address at) throws IOException, EngineFailure;
  }

  /**
   * Connects, and greets the server, which may take as long as connecting may.
   *
   * @param port what an address without a port means
   */
  public static <L> L dial(
      Address server, int port, StoreSettings settings, Deadline deadline, Greeting<L> greeting)
      throws IOException, EngineFailure {
    Address at = server.port() == 0 ? new Address(server.host(), port) : server;
    Socket socket = new Socket();
    boolean done = false;
    try {
      deadline.guard(socket);
      long mostMs = Math.min(settings.connectTimeout().toMillis(), deadline.left().toMillis());
      int patienceMs = Math.clamp(mostMs, 1, Integer.MAX_VALUE);
      socket.setTcpNoDelay(true);
      socket.setKeepAlive(true);
      connect(socket, new InetSocketAddress(at.host(), at.port()), patienceMs);
      socket.setSoTimeout(patienceMs);
      L link = greeting.over(socket, at);
      socket.setSoTimeout(0);
      done = true;
      return link;
    } finally {
      if (!done) {
        socket.close();
      }
    }
  }

  private static void connect(Socket socket, InetSocketAddress at, int patienceMs)
      throws IOException {
    try {
      socket.connect(at, patienceMs);
    } catch (SocketTimeoutException e) {
      // Not what a server that took the connection and then hangs is called.
      throw new IOException("no answer within " + patienceMs + " ms", e);
    }
  }
}
