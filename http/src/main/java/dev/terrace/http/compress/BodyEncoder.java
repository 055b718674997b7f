package dev.terrace.http.compress;

import io.netty.buffer.ByteBuf;

/** Compresses one body, piece by piece. It holds native memory until it is closed. */
interface BodyEncoder extends AutoCloseable {

  /** Takes more of the body; what it says to that so far is added to {@code out}. */
  void encode(ByteBuf piece, ByteBuf out);

  /** Adds all that the receiver needs to have the body up to here. */
  void flush(ByteBuf out);

  /** Adds the rest. */
  void finish(ByteBuf out);

  @Override
  void close();
}
