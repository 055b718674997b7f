package dev.terrace.http.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/**
 * Where a message's body ends (RFC 9112, section 6): after a length, after the last chunk and its
 * trailers, or with the connection. It looks at the bytes as they pass and keeps none of them but
 * trailers, and those only where chunks are taken apart; the data of chunks it does not even look
 * at.
 */
public final class BodyFraming {

  private enum Kind {
    LENGTH,
    CHUNKED,
    UNTIL_CLOSE
  }

  private final ChunkScan chunks = new ChunkScan();
  private final TrailerSection trailers = new TrailerSection();
  private Kind kind = Kind.LENGTH;
  private long remaining;

  /** A body of that many bytes; none for 0. */
  public void startLength(long length) {
    kind = Kind.LENGTH;
    remaining = length;
  }

  /** A body in chunks, with trailers of at most that many bytes. */
  public void startChunked(int maxTrailer) {
    kind = Kind.CHUNKED;
    chunks.start(maxTrailer);
    trailers.reset();
  }

  /** A body that the end of the connection ends. */
  public void startUntilClose() {
    kind = Kind.UNTIL_CLOSE;
  }

  /**
   * Passes over what belongs to the body and returns where that ends: at {@code to} if more is to
   * come. After a {@link #fault} the bytes must not be forwarded.
   */
  public int advance(ByteBuf buffer, int from, int to) {
    return switch (kind) {
      case UNTIL_CLOSE -> to;
      case LENGTH -> {
        int count = (int) Math.min(remaining, to - from);
        remaining -= count;
        yield from + count;
      }
      case CHUNKED -> {
        int at = from;
        while (at < to && !chunks.done() && chunks.fault() == Fault.NONE) {
          at = chunks.step(buffer, at, to);
        }
        yield at;
      }
    };
  }

  /**
   * As {@link #advance}, but stops where chunk framing changes to data or back, so that data can be
   * told apart: see {@link #lastWasData}.
   */
  public int segment(ByteBuf buffer, int from, int to) {
    return kind == Kind.CHUNKED ? chunks.step(buffer, from, to) : advance(buffer, from, to);
  }

  /** Whether what {@link #segment} passed over last was data, not framing. */
  public boolean lastWasData() {
    return kind != Kind.CHUNKED || chunks.lastWasData();
  }

  /**
   * Takes what comes next of the body from the buffer: with the framing of its chunks, or data
   * alone, which may be none; then trailers are kept. After a {@link #fault} nothing that remains
   * is worth reading.
   *
   * @param whole whether framing is wanted
   */
  public ByteBuf take(ByteBuf in, boolean whole) {
    int from = in.readerIndex();
    boolean trailing = !whole && kind == Kind.CHUNKED && chunks.inTrailers();
    int end = whole ? advance(in, from, in.writerIndex()) : segment(in, from, in.writerIndex());
    if (fault() == Fault.NONE && (whole || lastWasData())) {
      return in.readRetainedSlice(end - from);
    }
    if (trailing && fault() == Fault.NONE) {
      trailers.add(in, from, end);
    }
    in.skipBytes(fault() == Fault.NONE ? end - from : in.readableBytes());
    return Unpooled.EMPTY_BUFFER;
  }

  /**
   * The trailers of a complete body whose data was taken alone, without those that may not go on;
   * lines, each with its CR LF, or null.
   *
   * @param head of the same message
   */
  public @Nullable ByteBuf trailers(Head head) {
    return trailers.lines(head);
  }

  /** Whether the body is complete. */
  public boolean done() {
    return switch (kind) {
      case UNTIL_CLOSE -> false;
      case LENGTH -> remaining == 0;
      case CHUNKED -> chunks.done();
    };
  }

  /** Whether the end of the connection is the end of the body. */
  public boolean endsWithConnection() {
    return kind == Kind.UNTIL_CLOSE;
  }

  /** What is wrong with the framing. */
  public Fault fault() {
    return kind == Kind.CHUNKED ? chunks.fault() : Fault.NONE;
  }
}
