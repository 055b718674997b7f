package dev.terrace.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.DefaultHttp2HeadersEncoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A plain socket that speaks HTTP/2 frame by frame, rightly or wrongly; HPACK is Netty's. */
final class H2Client implements Closeable {

  static final int DATA = 0;
  static final int HEADERS = 1;
  static final int PRIORITY = 2;
  static final int RST_STREAM = 3;
  static final int SETTINGS = 4;
  static final int PING = 6;
  static final int GOAWAY = 7;
  static final int WINDOW_UPDATE = 8;
  static final int CONTINUATION = 9;
  static final int END_STREAM = 1;
  static final int ACK = 1;
  static final int END_HEADERS = 4;
  private static final int FRAME_MAX = 16_384;

  /** One frame; a header block is decoded. */
  @SuppressWarnings("ArrayRecordComponent") // compared by its parts
  record Frame(int type, int flags, int stream, byte[] payload, Http2Headers fields) {
    boolean ends() {
      return (flags & END_STREAM) != 0;
    }

    int int32(int at) {
      return Unpooled.wrappedBuffer(payload).getInt(at);
    }

    @Override
    public String toString() {
      return "type "
          + type
          + " flags "
          + flags
          + " stream "
          + stream
          + (type == HEADERS ? " " + fields : " " + payload.length + " bytes")
          + (type == RST_STREAM ? " error " + int32(0) : "")
          + (type == GOAWAY ? " last " + int32(0) + " error " + int32(4) : "");
    }
  }

  /** A whole answer. */
  @SuppressWarnings("ArrayRecordComponent") // compared by its parts
  record Answer(Http2Headers fields, byte[] body, Http2Headers trailers) {
    int status() {
      return Integer.parseInt(fields.status().toString());
    }

    String text() {
      return new String(body, StandardCharsets.ISO_8859_1);
    }

    String header(String name) {
      CharSequence value = fields.get(name);
      return value == null ? "" : value.toString();
    }
  }

  private final Socket socket;
  private final DataInputStream in;
  private final OutputStream out;
  private final DefaultHttp2HeadersEncoder encoder = new DefaultHttp2HeadersEncoder();
  private final DefaultHttp2HeadersDecoder decoder = new DefaultHttp2HeadersDecoder(false, 1 << 20);
  private final Map<Integer, ByteArrayOutputStream> bodies = new LinkedHashMap<>();
  private final Map<Integer, List<Http2Headers>> heads = new LinkedHashMap<>();

  private @Nullable Frame settings;

  private H2Client(Socket socket) throws IOException {
    this.socket = socket;
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(10_000);
    in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
    out = socket.getOutputStream();
  }

  /** Connects, sends the preface, and reads the server's settings. */
  static H2Client to(int port) throws IOException {
    return over(new Socket(InetAddress.getLoopbackAddress(), port));
  }

  static H2Client over(Socket socket) throws IOException {
    H2Client client = new H2Client(socket);
    client.raw("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
    client.frame(SETTINGS, 0, 0, new byte[0]);
    client.settings = client.next(SETTINGS);
    client.frame(SETTINGS, ACK, 0, new byte[0]);
    return client;
  }

  /** What the server has set that parameter to (RFC 9113, section 6.5.2), or -1. */
  int setting(int id) {
    ByteBuf all = Unpooled.wrappedBuffer(Objects.requireNonNull(settings).payload());
    while (all.isReadable()) {
      if (all.readUnsignedShort() == id) {
        return all.readInt();
      }
      all.skipBytes(4);
    }
    return -1;
  }

  void timeout(Duration wait) throws IOException {
    socket.setSoTimeout((int) wait.toMillis());
  }

  void raw(byte[] bytes) throws IOException {
    out.write(bytes);
  }

  void frame(int type, int flags, int stream, byte[] payload) throws IOException {
    out.write(bytes(type, flags, stream, payload));
  }

  static byte[] bytes(int type, int flags, int stream, byte[] payload) {
    ByteBuf frame = Unpooled.buffer(9 + payload.length);
    frame.writeMedium(payload.length).writeByte(type).writeByte(flags).writeInt(stream);
    return ByteBufUtil.getBytes(frame.writeBytes(payload));
  }

  static byte[] int32(int value) {
    return ByteBufUtil.getBytes(Unpooled.buffer(4).writeInt(value));
  }

  static Http2Headers request(String method, String path, String... more) {
    Http2Headers fields =
        new DefaultHttp2Headers(false).method(method).scheme("http").authority("test").path(path);
    for (int i = 0; i < more.length; i += 2) {
      fields.add(more[i], more[i + 1]);
    }
    return fields;
  }

  /** Sends a header block, in as few frames as may be. */
  void headers(int stream, Http2Headers fields, boolean ends) throws IOException {
    byte[] block = block(stream, fields);
    int type = HEADERS;
    for (int at = 0; at < block.length; at += FRAME_MAX) {
      int to = Math.min(block.length, at + FRAME_MAX);
      int flags = (to == block.length ? END_HEADERS : 0) | (ends && at == 0 ? END_STREAM : 0);
      frame(type, flags, stream, Arrays.copyOfRange(block, at, to));
      type = CONTINUATION;
    }
  }

  byte[] block(int stream, Http2Headers fields) {
    ByteBuf block = Unpooled.buffer();
    try {
      encoder.encodeHeaders(stream, fields, block);
    } catch (Http2Exception e) {
      throw new IllegalArgumentException(e);
    }
    return ByteBufUtil.getBytes(block);
  }

  void get(int stream, String path, String... more) throws IOException {
    headers(stream, request("GET", path, more), true);
  }

  void data(int stream, byte[] data, boolean ends) throws IOException {
    frame(DATA, ends ? END_STREAM : 0, stream, data);
  }

  void data(int stream, String data, boolean ends) throws IOException {
    data(stream, data.getBytes(StandardCharsets.ISO_8859_1), ends);
  }

  void reset(int stream, int error) throws IOException {
    frame(RST_STREAM, 0, stream, int32(error));
  }

  void windowUpdate(int stream, int increment) throws IOException {
    frame(WINDOW_UPDATE, 0, stream, int32(increment));
  }

  /** The next frame, whatever it is. */
  Frame read() throws IOException {
    int length = (in.readUnsignedShort() << 8) | in.readUnsignedByte();
    int type = in.readUnsignedByte();
    int flags = in.readUnsignedByte();
    int stream = in.readInt();
    byte[] payload = in.readNBytes(length);
    if (payload.length < length) {
      throw new EOFException();
    }
    Http2Headers fields = new DefaultHttp2Headers(false);
    if (type == HEADERS) {
      try {
        fields = decoder.decodeHeaders(stream, Unpooled.wrappedBuffer(payload));
      } catch (Http2Exception e) {
        throw new IOException(e);
      }
    }
    Frame frame = new Frame(type, flags, stream, payload, fields);
    note(frame);
    return frame;
  }

  private void note(Frame frame) {
    if (frame.type() == HEADERS) {
      heads.computeIfAbsent(frame.stream(), id -> new ArrayList<>()).add(frame.fields());
    } else if (frame.type() == DATA) {
      bodies
          .computeIfAbsent(frame.stream(), id -> new ByteArrayOutputStream())
          .writeBytes(frame.payload());
    }
  }

  /** The next frame of that type; settings, their acknowledgement and windows are passed over. */
  Frame next(int type) throws IOException {
    while (true) {
      Frame frame = read();
      boolean housekeeping = frame.type() == SETTINGS || frame.type() == WINDOW_UPDATE;
      if (frame.type() == type) {
        return frame;
      }
      if (!housekeeping) {
        throw new IOException("expected type " + type + ", got " + frame);
      }
    }
  }

  /** Reads until that stream has ended, giving back the windows. */
  Answer answer(int stream) throws IOException {
    while (true) {
      Frame frame = read();
      if (frame.type() == DATA && frame.payload().length > 0) {
        windowUpdate(0, frame.payload().length);
        if (!frame.ends()) {
          windowUpdate(frame.stream(), frame.payload().length);
        }
      }
      boolean reset = frame.type() == RST_STREAM && frame.stream() == stream;
      if (reset || frame.type() == GOAWAY) {
        throw new IOException("no answer but " + frame);
      }
      if (frame.stream() == stream && frame.ends()) {
        return taken(stream);
      }
    }
  }

  /** What was read of a stream. */
  Answer taken(int stream) {
    List<Http2Headers> all = heads.getOrDefault(stream, List.of(new DefaultHttp2Headers(false)));
    int last = all.size() - 1;
    boolean trailers = last > 0 && all.get(last).status() == null;
    ByteArrayOutputStream body = bodies.getOrDefault(stream, new ByteArrayOutputStream());
    return new Answer(
        all.get(trailers ? last - 1 : last),
        body.toByteArray(),
        trailers ? all.get(last) : new DefaultHttp2Headers(false));
  }

  /** Reads up to the end of the connection; the last frame of GOAWAY, or null. */
  int goAwayError() throws IOException {
    int error = -1;
    try {
      while (true) {
        Frame frame = read();
        if (frame.type() == GOAWAY) {
          error = frame.int32(4);
        }
      }
    } catch (EOFException | java.net.SocketException e) {
      return error;
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
    encoder.close();
  }
}
