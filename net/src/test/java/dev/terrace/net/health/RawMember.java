package dev.terrace.net.health;

import dev.terrace.core.pool.Member;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** A server that sends bytes to whoever connects, and then reads until the other side closes. */
final class RawMember implements AutoCloseable {

  private final ServerSocket socket;

  private RawMember(ServerSocket socket, byte[][] parts) {
    this.socket = socket;
    Thread.ofPlatform().daemon().start(() -> serve(parts));
  }

  static RawMember sending(byte[]... parts) {
    try {
      return new RawMember(new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1")), parts);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void serve(byte[][] parts) {
    while (!socket.isClosed()) {
      try (Socket client = socket.accept()) {
        for (byte[] part : parts) {
          client.getOutputStream().write(part);
        }
        client.getInputStream().readAllBytes();
      } catch (IOException e) {
        // The check went away, or the test is over.
      }
    }
  }

  Member member() {
    return Member.of("127.0.0.1:" + socket.getLocalPort());
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
