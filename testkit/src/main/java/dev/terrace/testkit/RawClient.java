package dev.terrace.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * A TCP client that sends exactly the bytes it is given, for what well-behaved clients never do.
 * Texts are one byte per character (ISO 8859-1). Silence for longer than the patience is a failure
 * that shows what came last.
 */
public final class RawClient implements AutoCloseable {

  private final Socket socket;
  private final InputStream in;

  /** What has come and was not asked for yet: from {@code at} to {@code end}. */
  private final byte[] buffer = new byte[16 << 10];

  private int at;
  private int end;
  private Duration patience = Duration.ofSeconds(10);

  private RawClient(Socket socket) throws IOException {
    this.socket = socket;
    this.in = socket.getInputStream();
  }

  /** Connects to a port of 127.0.0.1. */
  public static RawClient connect(int port) throws IOException {
    return connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
  }

  /** Connects. */
  public static RawClient connect(InetSocketAddress address) throws IOException {
    Socket socket = new Socket();
    socket.setTcpNoDelay(true);
    socket.connect(address, 5_000);
    return new RawClient(socket);
  }

  /** How long nothing may come; ten seconds unless set. */
  public RawClient patience(Duration longest) {
    this.patience = longest;
    return this;
  }

  /** Sends a text. */
  public RawClient send(String text) throws IOException {
    return send(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  /** Sends bytes. */
  public RawClient send(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
    socket.getOutputStream().flush();
    return this;
  }

  /** Ends the sending direction; answers can still be read. */
  public RawClient halfClose() throws IOException {
    socket.shutdownOutput();
    return this;
  }

  /** Reads up to and with a text. */
  public String readUntil(String end) throws IOException {
    StringBuilder read = new StringBuilder();
    while (read.indexOf(end, Math.max(0, read.length() - end.length())) < 0) {
      int next = next("'" + end + "'", read);
      if (next < 0) {
        throw new AssertionError("closed before '" + end + "', after: " + read);
      }
      read.append((char) next);
    }
    return read.toString();
  }

  /** Reads exactly that many bytes. */
  public byte[] read(int length) throws IOException {
    StringBuilder read = new StringBuilder();
    while (read.length() < length) {
      int next = next(length + " bytes", read);
      if (next < 0) {
        throw new AssertionError("closed after " + read.length() + " bytes: " + read);
      }
      read.append((char) next);
    }
    return read.toString().getBytes(StandardCharsets.ISO_8859_1);
  }

  /** Reads until the other side closes; a reset counts as such. */
  public String readAll() throws IOException {
    StringBuilder read = new StringBuilder();
    try {
      int next = next("the end", read);
      while (next >= 0) {
        read.append((char) next);
        next = next("the end", read);
      }
    } catch (SocketException reset) {
      return read.toString();
    }
    return read.toString();
  }

  /** Whether the other side has closed, or does so within this time, without sending more. */
  public boolean isClosedWithin(Duration time) throws IOException {
    if (at < end) {
      return false;
    }
    socket.setSoTimeout((int) Math.max(1, time.toMillis()));
    try {
      return in.read() < 0;
    } catch (SocketTimeoutException e) {
      return false;
    } catch (SocketException reset) {
      return true;
    }
  }

  /** The socket, for its options. */
  public Socket socket() {
    return socket;
  }

  /** Closes by a reset instead of an orderly end. */
  public void reset() throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }

  private int next(String what, StringBuilder read) throws IOException {
    if (at < end) {
      return buffer[at++] & 0xff;
    }
    try {
      socket.setSoTimeout((int) Math.max(1, patience.toMillis()));
      end = in.read(buffer);
      at = 0;
      return end < 0 ? -1 : buffer[at++] & 0xff;
    } catch (SocketTimeoutException e) {
      String last = read.substring(Math.max(0, read.length() - 2000));
      throw new AssertionError("waited " + patience + " for " + what + ", after: " + last, e);
    }
  }
}
