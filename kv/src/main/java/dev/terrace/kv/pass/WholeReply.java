package dev.terrace.kv.pass;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One reply that is looked at when all of it has come. */
final class WholeReply extends Awaiting {

  private final Consumer<ByteBuf> whole;
  private final Consumer<String> failure;
  private @Nullable ByteBuf gathered;

  /**
   * A reply to come.
   *
   * @param whole takes the reply, which is released after that
   */
  WholeReply(Consumer<ByteBuf> whole, Consumer<String> failure) {
    this.whole = whole;
    this.failure = failure;
  }

  @Override
  void part(ByteBuf in, int at, int length, boolean ends) {
    ByteBuf all = gathered;
    if (all == null) {
      all = PooledByteBufAllocator.DEFAULT.buffer(length);
      gathered = all;
    }
    all.writeBytes(in, at, length);
  }

  @Override
  void end() {
    ByteBuf all = gathered;
    gathered = null;
    if (all != null) {
      try {
        whole.accept(all);
      } finally {
        all.release();
      }
    }
  }

  @Override
  void failed(String error) {
    if (gathered != null) {
      gathered.release();
      gathered = null;
    }
    failure.accept(error);
  }

  /** The first line of a reply without its kind: the text of an error. */
  static String line(ByteBuf reply) {
    int start = reply.readerIndex() + 1;
    int end = reply.indexOf(start, reply.writerIndex(), (byte) '\r');
    return reply.toString(start, Math.max(0, end - start), StandardCharsets.UTF_8);
  }
}
