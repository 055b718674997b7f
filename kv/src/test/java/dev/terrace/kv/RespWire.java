package dev.terrace.kv;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * A client that shows replies as they come, each as one line of text: {@code "bulk"}, {@code
 * +simple}, {@code -error}, {@code 7}, {@code nil}, {@code [a b]}, {@code {k v}}, {@code ~[set]}.
 * Bytes are characters.
 */
final class RespWire implements AutoCloseable {

  private final Socket socket;
  private final InputStream in;
  private final Deque<String> pushes = new ArrayDeque<>();

  RespWire(Socket socket) throws IOException {
    this.socket = socket;
    this.in = new BufferedInputStream(socket.getInputStream());
  }

  static RespWire to(int port) throws IOException {
    Socket socket = new Socket("127.0.0.1", port);
    socket.setSoTimeout(20_000);
    socket.setTcpNoDelay(true);
    return new RespWire(socket);
  }

  /** Sends a line of words and reads the reply; words with spaces stand in single quotes. */
  String line(String line) throws IOException {
    return call(words(line));
  }

  static String[] words(String line) {
    List<String> words = new ArrayList<>();
    boolean quoted = false;
    for (String part : line.split("'", -1)) {
      if (quoted) {
        words.add(part);
      } else if (!part.isBlank()) {
        words.addAll(List.of(part.strip().split(" +", -1)));
      }
      quoted = !quoted;
    }
    return words.toArray(String[]::new);
  }

  String call(String... words) throws IOException {
    send(words);
    return read();
  }

  void send(String... words) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(bytes("*" + words.length + "\r\n"));
    for (String word : words) {
      out.writeBytes(bytes("$" + word.length() + "\r\n" + word + "\r\n"));
    }
    socket.getOutputStream().write(out.toByteArray());
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  /** The next reply; what is pushed before it is set aside for {@link #push}. */
  String read() throws IOException {
    while (true) {
      String reply = any();
      if (!reply.startsWith(">")) {
        return reply;
      }
      pushes.add(reply);
    }
  }

  /** The next push, which is waited for. */
  String push() throws IOException {
    if (!pushes.isEmpty()) {
      return pushes.remove();
    }
    String reply = any();
    if (!reply.startsWith(">")) {
      throw new IOException("no push but " + reply);
    }
    return reply;
  }

  /** The pushes that have come with replies so far. */
  Deque<String> pushes() {
    return pushes;
  }

  private String any() throws IOException {
    String line = textLine();
    char kind = line.charAt(0);
    String rest = line.substring(1);
    return switch (kind) {
      case '+', '-' -> line;
      case ':' -> rest;
      case '_' -> "nil";
      case '#', ',', '(' -> rest;
      case '$' -> rest.equals("-1") ? "nil" : "\"" + bulk(rest) + "\"";
      case '=' -> "\"" + bulk(rest).substring(4) + "\"";
      case '*' -> rest.equals("-1") ? "nil-array" : "[" + many(rest, 1) + "]";
      case '~' -> "~[" + many(rest, 1) + "]";
      case '>' -> ">[" + many(rest, 1) + "]";
      case '%' -> "{" + many(rest, 2) + "}";
      default -> throw new IOException("not RESP: " + line);
    };
  }

  private String many(String count, int each) throws IOException {
    List<String> elements = new ArrayList<>();
    for (int i = Integer.parseInt(count) * each; i > 0; i--) {
      elements.add(any());
    }
    return String.join(" ", elements);
  }

  private String bulk(String length) throws IOException {
    byte[] bytes = in.readNBytes(Integer.parseInt(length));
    in.skipNBytes(2);
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  private String textLine() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        throw new IOException("the connection has ended after '" + line + "'");
      }
      if (c != '\r') {
        line.append((char) c);
      }
    }
    return line.toString();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
