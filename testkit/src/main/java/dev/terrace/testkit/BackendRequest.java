package dev.terrace.testkit;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** A request as a {@link TestBackend} received it. Its body is read when it is asked for. */
public final class BackendRequest {

  private static final int MAX_HEAD = 1 << 20;

  private final String head;
  private final List<String> lines;
  private final InputStream in;
  private final OutputStream out;
  private final ByteArrayOutputStream body = new ByteArrayOutputStream();
  private boolean bodyRead;

  private BackendRequest(String head, InputStream in, OutputStream out) {
    this.head = head;
    this.lines = List.of(head.split("\r\n", -1));
    this.in = in;
    this.out = out;
  }

  /** Reads the next request's head; empty if the client has closed. */
  static Optional<BackendRequest> read(InputStream in, OutputStream out) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n", Math.max(0, head.length() - 4)) < 0) {
      int next = in.read();
      if (next < 0) {
        if (head.isEmpty()) {
          return Optional.empty();
        }
        throw new EOFException("closed within a head: " + head);
      }
      head.append((char) next);
      if (head.length() > MAX_HEAD) {
        throw new IOException("a head of more than " + MAX_HEAD + " bytes");
      }
    }
    return Optional.of(new BackendRequest(head.toString(), in, out));
  }

  /** The head as it came, with the empty line. */
  public String head() {
    return head;
  }

  /** The method. */
  public String method() {
    return requestLine(0);
  }

  /** The target: path and query. */
  public String target() {
    return requestLine(1);
  }

  /** The path without the query. */
  public String path() {
    String target = target();
    int query = target.indexOf('?');
    return query < 0 ? target : target.substring(0, query);
  }

  /** The first value of a header. */
  public Optional<String> header(String name) {
    return headers(name).stream().findFirst();
  }

  /** All values of a header. */
  public List<String> headers(String name) {
    String start = name.toLowerCase(Locale.ROOT) + ":";
    return lines.stream()
        .skip(1)
        .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(start))
        .map(line -> line.substring(start.length()).strip())
        .toList();
  }

  /** The body, without the marks of chunks. */
  public synchronized byte[] body() throws IOException {
    if (!bodyRead) {
      bodyRead = true;
      if (header("expect").filter("100-continue"::equalsIgnoreCase).isPresent()) {
        out.write("HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
        out.flush();
      }
      if (header("transfer-encoding").filter("chunked"::equalsIgnoreCase).isPresent()) {
        readChunks();
      } else {
        copy(Long.parseLong(header("content-length").orElse("0")));
      }
    }
    return body.toByteArray();
  }

  /** The body as ISO 8859-1. */
  public String bodyText() throws IOException {
    return new String(body(), StandardCharsets.ISO_8859_1);
  }

  /** What follows the head, undecoded: for reading slowly, or what an upgrade switches to. */
  public InputStream rawInput() {
    bodyRead = true;
    return in;
  }

  boolean keepsAlive() {
    String connection = header("connection").orElse("").toLowerCase(Locale.ROOT);
    return requestLine(2).equals("HTTP/1.0")
        ? connection.contains("keep-alive")
        : !connection.contains("close");
  }

  private void readChunks() throws IOException {
    while (true) {
      String size = line();
      int extension = size.indexOf(';');
      long length =
          Long.parseLong((extension < 0 ? size : size.substring(0, extension)).strip(), 16);
      if (length == 0) {
        break;
      }
      copy(length);
      if (!line().isEmpty()) {
        throw new IOException("a chunk that does not end where it says");
      }
    }
    String trailer = line();
    while (!trailer.isEmpty()) {
      trailer = line();
    }
  }

  private void copy(long length) throws IOException {
    byte[] buffer = new byte[8192];
    for (long left = length; left > 0; ) {
      int read = in.read(buffer, 0, (int) Math.min(left, buffer.length));
      if (read < 0) {
        throw new EOFException("closed within a body, " + left + " bytes before its end");
      }
      body.write(buffer, 0, read);
      left -= read;
    }
  }

  private String line() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int next = in.read(); next != '\n'; next = in.read()) {
      if (next < 0) {
        throw new EOFException("closed within a chunked body");
      }
      line.append((char) next);
    }
    return line.toString().strip();
  }

  private String requestLine(int part) {
    String[] parts = lines.getFirst().split(" ", 3);
    return part < parts.length ? parts[part] : "";
  }
}
