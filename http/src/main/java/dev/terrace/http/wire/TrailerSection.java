package dev.terrace.http.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The trailers of a body in chunks, put together as they come; most bodies have none. */
final class TrailerSection {

  private static final byte[] NOTHING = {};

  private byte[] bytes = NOTHING;
  private int size;

  void reset() {
    bytes = NOTHING;
    size = 0;
  }

  /** Takes bytes of well-formed lines, or of the empty line that ends them. */
  void add(ByteBuf in, int from, int to) {
    int count = to - from;
    boolean onlyTheEnd = size == 0 && (in.getByte(from) == '\r' || in.getByte(from) == '\n');
    if (onlyTheEnd) {
      return;
    }
    if (size + count > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(size + count, 2 * bytes.length));
    }
    in.getBytes(from, bytes, size, count);
    size += count;
  }

  /**
   * The complete trailers that go on, each with its CR LF; null if there are none.
   *
   * @param head of the message: what its Connection header names goes no further (RFC 9110, section
   *     7.6.1)
   */
  @Nullable ByteBuf lines(Head head) {
    if (size == 0) {
      return null;
    }
    ByteBuf all = Unpooled.wrappedBuffer(bytes, 0, size - 2);
    reset();
    return Trailers.keep(all, name -> Trailers.mayPass(name) && !head.connectionNames(name));
  }
}
