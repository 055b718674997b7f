package dev.terrace.http.compress;

import dev.terrace.core.signal.Counter;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

/**
 * A body that is being compressed on its event loop. What came in is sent on when the member pauses
 * at the latest, so that a stream of events does not stall.
 */
public final class CompressedBody implements AutoCloseable {

  private final Coding coding;
  private final BodyEncoder encoder;
  private final ByteBufAllocator allocator;
  private final Compression owner;
  private final Counter in;
  private final Counter out;
  private boolean unflushed;
  private boolean closed;

  CompressedBody(
      Coding coding, ByteBufAllocator allocator, Compression owner, Counter in, Counter out) {
    this.coding = coding;
    this.encoder = coding.encoder();
    this.allocator = allocator;
    this.owner = owner;
    this.in = in;
    this.out = out;
  }

  /** How it is compressed. */
  public Coding coding() {
    return coding;
  }

  /** What there is to send after this piece, which is taken over; perhaps nothing yet. */
  public ByteBuf encode(ByteBuf piece) {
    ByteBuf encoded = allocator.directBuffer(256);
    try {
      in.add(piece.readableBytes());
      encoder.encode(piece, encoded);
      unflushed = true;
    } finally {
      piece.release();
    }
    return counted(encoded);
  }

  /** Whether something that came in may still be held back. */
  public boolean isUnflushed() {
    return unflushed;
  }

  /** All that was held back. */
  public ByteBuf flush() {
    unflushed = false;
    ByteBuf encoded = allocator.directBuffer(256);
    encoder.flush(encoded);
    return counted(encoded);
  }

  /** The rest; then it is closed. */
  public ByteBuf finish() {
    ByteBuf encoded = allocator.directBuffer(256);
    encoder.finish(encoded);
    close();
    return counted(encoded);
  }

  private ByteBuf counted(ByteBuf encoded) {
    out.add(encoded.readableBytes());
    return encoded;
  }

  /** Gives its memory back. */
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      encoder.close();
      owner.ended();
    }
  }
}
