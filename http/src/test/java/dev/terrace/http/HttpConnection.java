package dev.terrace.http;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** A plain socket that speaks HTTP byte by byte, at either end; the tests' client and server. */
final class HttpConnection implements Closeable {

  /**
   * A message with its body, chunks joined; header names in lower case, repeats joined by comma.
   */
  @SuppressWarnings("ArrayRecordComponent") // bodies are compared as text or by length
  record Message(String startLine, Map<String, String> headers, byte[] body) {
    int status() {
      return Integer.parseInt(part(1));
    }

    private String part(int index) {
      return startLine.split(" ", -1)[index];
    }

    String text() {
      return new String(body, StandardCharsets.ISO_8859_1);
    }

    String header(String name) {
      return headers.getOrDefault(name, "");
    }

    String method() {
      return part(0);
    }

    String target() {
      return part(1);
    }
  }

  private final Socket socket;
  final InputStream in;
  final OutputStream out;

  /** The trailers of the message in chunks that was read last. */
  Map<String, String> trailers = Map.of();

  HttpConnection(Socket socket) throws IOException {
    this.socket = socket;
    socket.setTcpNoDelay(true);
    if (socket.getSoTimeout() == 0) {
      socket.setSoTimeout(10_000);
    }
    in = new BufferedInputStream(socket.getInputStream());
    out = socket.getOutputStream();
  }

  static HttpConnection to(int port) throws IOException {
    return new HttpConnection(new Socket(InetAddress.getLoopbackAddress(), port));
  }

  Socket socket() {
    return socket;
  }

  HttpConnection send(String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.ISO_8859_1));
    return this;
  }

  /** Sends a GET and reads the answer. */
  Message get(String path) throws IOException {
    send("GET " + path + " HTTP/1.1\r\nHost: test\r\n\r\n");
    return read();
  }

  String line() throws IOException {
    StringBuilder line = new StringBuilder();
    while (true) {
      int b = in.read();
      if (b < 0) {
        throw new EOFException("closed after '" + line + "'");
      }
      if (b == '\n') {
        return line.substring(0, line.length() - 1);
      }
      line.append((char) b);
    }
  }

  Message head() throws IOException {
    return new Message(line(), fields(), new byte[0]);
  }

  private Map<String, String> fields() throws IOException {
    Map<String, String> headers = new LinkedHashMap<>();
    for (String line = line(); !line.isEmpty(); line = line()) {
      int colon = line.indexOf(':');
      headers.merge(
          line.substring(0, colon).toLowerCase(Locale.ROOT),
          line.substring(colon + 1).strip(),
          (a, b) -> a + "," + b);
    }
    return headers;
  }

  /** Reads a message with the body that its headers announce; to a HEAD use {@link #head}. */
  Message read() throws IOException {
    Message head = head();
    return new Message(head.startLine(), head.headers(), body(head));
  }

  private byte[] body(Message head) throws IOException {
    if (head.header("transfer-encoding").equals("chunked")) {
      return chunks();
    }
    if (head.headers().containsKey("content-length")) {
      return exactly(Integer.parseInt(head.header("content-length")));
    }
    boolean request = !head.startLine().startsWith("HTTP/");
    boolean bodiless =
        request || head.status() < 200 || head.status() == 204 || head.status() == 304;
    return bodiless ? new byte[0] : in.readAllBytes();
  }

  private byte[] exactly(int count) throws IOException {
    byte[] bytes = in.readNBytes(count);
    if (bytes.length < count) {
      throw new EOFException("body of " + count + " ends at " + bytes.length);
    }
    return bytes;
  }

  private byte[] chunks() throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    while (true) {
      String size = line();
      int semicolon = size.indexOf(';');
      int count = Integer.parseInt(semicolon < 0 ? size : size.substring(0, semicolon), 16);
      if (count == 0) {
        trailers = fields();
        return body.toByteArray();
      }
      body.write(exactly(count));
      line();
    }
  }

  /** Whether the other side has closed, or closes within the socket's timeout. */
  boolean closes() {
    try {
      return in.read() < 0;
    } catch (java.net.SocketTimeoutException e) {
      return false;
    } catch (IOException e) {
      return true; // reset
    }
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
