package dev.terrace.http.http1;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Writes a body that came as plain data in chunks (RFC 9112, section 7.1). */
final class Chunks {

  private static final byte[] LINE_END = {'\r', '\n'};
  private static final byte[] LAST = {'0', '\r', '\n'};

  private Chunks() {}

  /** Writes one chunk of that data, which is taken over; nothing for no data. */
  static void write(Channel channel, ByteBuf data) {
    if (!data.isReadable()) {
      data.release();
      return;
    }
    byte[] size = Integer.toHexString(data.readableBytes()).getBytes(StandardCharsets.US_ASCII);
    channel.write(
        channel.alloc().directBuffer(size.length + 2).writeBytes(size).writeBytes(LINE_END),
        channel.voidPromise());
    channel.write(data, channel.voidPromise());
    channel.write(Unpooled.wrappedBuffer(LINE_END), channel.voidPromise());
  }

  /** Writes the end of the body with those trailers, each with its CR LF, which are taken over. */
  static void writeLast(Channel channel, @Nullable ByteBuf trailers) {
    channel.write(Unpooled.wrappedBuffer(LAST), channel.voidPromise());
    if (trailers != null) {
      channel.write(trailers, channel.voidPromise());
    }
    channel.write(Unpooled.wrappedBuffer(LINE_END), channel.voidPromise());
  }
}
