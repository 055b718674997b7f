package dev.terrace.kv.pass;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** A client's bare connection: requests out, replies in as they stand on the wire. */
final class Wire implements AutoCloseable {

  private final Socket socket;
  private final InputStream in;
  private final ByteBuf unread = Unpooled.buffer();

  Wire(int port) throws IOException {
    socket = new Socket("127.0.0.1", port);
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(20_000);
    in = socket.getInputStream();
  }

  /** Sends commands, one a line, words apart by one space. */
  Wire send(String commands) throws IOException {
    ByteBuf out = Unpooled.buffer();
    for (String command : commands.split("\n", -1)) {
      out.writeBytes(NodeLinks.request(List.of(command.split(" ", -1))));
    }
    return sendRaw(out.toString(StandardCharsets.UTF_8));
  }

  Wire sendRaw(String bytes) throws IOException {
    socket.getOutputStream().write(bytes.getBytes(StandardCharsets.UTF_8));
    return this;
  }

  /** The next reply. */
  String reply() throws IOException {
    ReplyScanner scanner = new ReplyScanner();
    int at = unread.readerIndex();
    byte[] chunk = new byte[64 * 1024];
    while (true) {
      int end = scanner.end(unread, at, unread.writerIndex());
      if (scanner.garbage()) {
        throw new IOException("garbage: " + unread.toString(StandardCharsets.UTF_8));
      }
      if (end > 0) {
        String reply =
            unread.toString(
                unread.readerIndex(), end - unread.readerIndex(), StandardCharsets.UTF_8);
        unread.readerIndex(end);
        return reply;
      }
      at = unread.writerIndex();
      int read = in.read(chunk);
      if (read < 0) {
        throw new EOFException("closed after: " + unread.toString(StandardCharsets.UTF_8));
      }
      unread.writeBytes(chunk, 0, read);
    }
  }

  /** The next replies, as one. */
  String replies(int count) throws IOException {
    StringBuilder all = new StringBuilder();
    for (int i = 0; i < count; i++) {
      all.append(reply());
    }
    return all.toString();
  }

  /** The reply to a command. */
  String ask(String command) throws IOException {
    return send(command).reply();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
