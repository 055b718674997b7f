package dev.terrace.kv.pass;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;

/** Writes requests that Terrace makes itself. */
final class Requests {

  private Requests() {}

  /** A request of these words. */
  static ByteBuf of(byte[]... words) {
    ByteBuf out = Unpooled.buffer(64);
    count(out, words.length);
    for (byte[] word : words) {
      word(out, word);
    }
    return out;
  }

  static byte[] of(String... words) {
    byte[][] bytes = new byte[words.length][];
    for (int i = 0; i < words.length; i++) {
      bytes[i] = words[i].getBytes(StandardCharsets.UTF_8);
    }
    return ByteBufUtil.getBytes(of(bytes));
  }

  /** How many words follow. */
  static void count(ByteBuf out, int words) {
    ByteBufUtil.writeAscii(out, "*" + words + "\r\n");
  }

  static void word(ByteBuf out, byte[] word) {
    ByteBufUtil.writeAscii(out, "$" + word.length + "\r\n");
    out.writeBytes(word);
    ByteBufUtil.writeAscii(out, "\r\n");
  }

  /** Words of another request, as they stand there. */
  static void words(ByteBuf out, RequestFrame frame, int first, int last) {
    int from = frame.head(first);
    out.writeBytes(frame.buffer(), from, frame.tail(last) - from);
  }
}
