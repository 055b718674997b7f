package dev.terrace.http.http1;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Writes messages to a channel; a body that comes as plain data where the head promises chunks is
 * put into chunks (RFC 9112, section 7.1). Buffers that are passed are taken over.
 */
final class MessageWriter {

  private static final byte[] LINE_END = {'\r', '\n'};
  private static final byte[] LAST = {'0', '\r', '\n'};

  private final Channel channel;
  private boolean addsChunks;

  MessageWriter(Channel channel) {
    this.channel = channel;
  }

  /** Writes a head, after which the body may have to be put into chunks. */
  void head(ByteBuf head, boolean chunks) {
    addsChunks = chunks;
    write(head);
  }

  /** Writes a piece of the body. */
  void body(ByteBuf piece) {
    if (!addsChunks) {
      write(piece);
    } else if (!piece.isReadable()) {
      piece.release(); // a chunk of nothing would be the last
    } else {
      byte[] size = Integer.toHexString(piece.readableBytes()).getBytes(StandardCharsets.US_ASCII);
      write(channel.alloc().directBuffer(size.length + 2).writeBytes(size).writeBytes(LINE_END));
      write(piece);
      write(Unpooled.wrappedBuffer(LINE_END));
    }
  }

  /** Ends the message, with those trailers if its body is put into chunks. */
  void end(@Nullable ByteBuf trailers) {
    if (addsChunks) {
      write(Unpooled.wrappedBuffer(LAST));
      if (trailers != null) {
        write(trailers);
      }
      write(Unpooled.wrappedBuffer(LINE_END));
    } else if (trailers != null) {
      trailers.release();
    }
  }

  private void write(ByteBuf out) {
    channel.write(out, channel.voidPromise());
  }
}
