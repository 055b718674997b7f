package dev.terrace.testkit;

import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** The way back to the client of a {@link TestBackend}: sends any bytes, with pauses and breaks. */
public final class BackendReply {

  private final Socket socket;
  private final OutputStream out;

  BackendReply(Socket socket, OutputStream out) {
    this.socket = socket;
    this.out = out;
  }

  /** Sends a text, one byte per character, at once. */
  public BackendReply send(String text) throws IOException {
    return send(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  /** Sends bytes at once. */
  public BackendReply send(byte[] bytes) throws IOException {
    out.write(bytes);
    out.flush();
    return this;
  }

  /** Sends a whole response with its length; each header line ends with CR LF. */
  public BackendReply respond(String status, String headers, byte[] body) throws IOException {
    send("HTTP/1.1 " + status + "\r\ncontent-length: " + body.length + "\r\n" + headers + "\r\n");
    return send(body);
  }

  /** Sends one chunk of a chunked body; an empty one ends it. */
  public BackendReply chunk(String text) throws IOException {
    return send(Integer.toHexString(text.length()) + "\r\n" + text + "\r\n");
  }

  /** Waits; ends early, by an exception, when the backend is stopped. */
  public BackendReply pause(Duration time) throws IOException {
    try {
      Thread.sleep(time);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("stopped", e);
    }
    return this;
  }

  /** Closes in good order. */
  public void close() throws IOException {
    socket.close();
  }

  /** Closes by a reset. */
  public void reset() throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
  }
}
