package dev.terrace.sql.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;

/** How messages of either side are written: a type, their length but for the type, a body. */
final class Message {

  private Message() {}

  /** A message that is always the same; each use sends a duplicate. */
  static ByteBuf fixed(int type, int... body) {
    ByteBuf message = Unpooled.directBuffer(5 + body.length);
    message.writeByte(type).writeInt(4 + body.length);
    for (int b : body) {
      message.writeByte(b);
    }
    return Unpooled.unreleasableBuffer(message.asReadOnly());
  }

  /** A message whose body the caller writes, before it calls {@link #finish}. */
  static ByteBuf start(ByteBufAllocator alloc, int type, int capacity) {
    return alloc.buffer(capacity).writeByte(type).writeInt(0);
  }

  static ByteBuf finish(ByteBuf message) {
    return message.setInt(1, message.readableBytes() - 1);
  }

  /** A string as the protocol has them, with a zero behind it. */
  static void text(ByteBuf out, String text) {
    out.writeCharSequence(text, StandardCharsets.UTF_8);
    out.writeByte(0);
  }
}
