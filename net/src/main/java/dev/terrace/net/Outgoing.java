package dev.terrace.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import org.jspecify.annotations.Nullable;

/**
 * Gathers what is written to a channel until it is flushed, so that many small messages leave as
 * one: copying some hundred bytes costs less than an entry in the channel's queue and a part of a
 * gathering write. What is long is not copied. All on the channel's event loop.
 */
public final class Outgoing {

  /** Longer pieces go on as they are. */
  private static final int COPIED_MAX = 2 << 10;

  private static final int CAPACITY = 4 << 10;

  private final Channel channel;
  private @Nullable ByteBuf gathered;

  /** Whether something was written since the last flush: an empty one still passes all handlers. */
  private boolean written;

  private boolean closed;

  /** For a channel to which nobody else writes. */
  public Outgoing(Channel channel) {
    this.channel = channel;
  }

  /** Writes bytes and takes them over. */
  public void write(ByteBuf bytes) {
    int length = bytes.readableBytes();
    if (closed) {
      bytes.release();
    } else if (length > COPIED_MAX) {
      pass();
      written = true;
      channel.write(bytes, channel.voidPromise());
    } else {
      room(length).writeBytes(bytes, bytes.readerIndex(), length);
      bytes.release();
    }
  }

  /** Writes a part of what somebody else owns. */
  public void write(ByteBuf from, int at, int length) {
    if (closed) {
      return;
    }
    if (length > COPIED_MAX) {
      pass();
      written = true;
      channel.write(from.retainedSlice(at, length), channel.voidPromise());
    } else {
      room(length).writeBytes(from, at, length);
    }
  }

  /** A buffer with room for so many bytes more, to be written to at once. */
  private ByteBuf room(int length) {
    ByteBuf now = gathered;
    if (now != null && now.writableBytes() < length) {
      pass();
      now = null;
    }
    if (now == null) {
      now = channel.alloc().directBuffer(Math.max(length, CAPACITY));
      gathered = now;
      written = true;
    }
    return now;
  }

  private void pass() {
    ByteBuf now = gathered;
    if (now != null) {
      gathered = null;
      channel.write(now, channel.voidPromise());
    }
  }

  /** Sends what was written. */
  public void flush() {
    if (written) {
      written = false;
      pass();
      channel.flush();
    }
  }

  /** Sends what was written; the future tells when it has left. */
  public ChannelFuture flushed() {
    written = false;
    pass();
    return channel.writeAndFlush(Unpooled.EMPTY_BUFFER);
  }

  /** The channel is closed: what was not sent is dropped, and so is what may still come. */
  public void close() {
    closed = true;
    if (gathered != null) {
      gathered.release();
      gathered = null;
    }
  }
}
