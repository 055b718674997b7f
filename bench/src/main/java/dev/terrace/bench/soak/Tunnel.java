package dev.terrace.bench.soak;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.util.Arrays;

/** An upgraded connection, such as a WebSocket, that must live as long as the run. */
final class Tunnel implements AutoCloseable {

  private final Socket socket;
  private final InputStream in;

  Tunnel(Socket socket) throws IOException {
    this.socket = socket;
    socket.setSoTimeout(20_000);
    in = new BufferedInputStream(socket.getInputStream());
    socket
        .getOutputStream()
        .write(
            Wire.bytes(
                "GET /tunnel HTTP/1.1\r\nHost: h\r\nConnection: upgrade\r\nUpgrade: echo\r\n\r\n"));
    String start = Wire.line(in);
    if (!start.startsWith("HTTP/1.1 101")) {
      throw new IOException("no tunnel: " + start);
    }
    Wire.headers(in);
  }

  /** Sends something and expects it back. */
  void check(long number) throws IOException {
    byte[] sent = Wire.bytes("message " + number + "\n");
    socket.getOutputStream().write(sent);
    byte[] back = in.readNBytes(sent.length);
    if (!Arrays.equals(sent, back)) {
      throw new IOException("the tunnel gave back " + back.length + " other bytes");
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
