package dev.terrace.sql.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/**
 * Cuts what a client sends into whole messages, however the bytes come in. Start-up packets have no
 * type byte; {@link #typed} switches over.
 */
public final class FrontendScanner implements AutoCloseable {

  private static final int HEADER = 5;

  private final ByteBufAllocator alloc;
  private @Nullable ByteBuf gathered;
  private boolean typed;
  private int bytesMax;

  /** A scanner of start-up packets of at most that size. */
  public FrontendScanner(ByteBufAllocator alloc, int bytesMax) {
    this.alloc = alloc;
    this.bytesMax = bytesMax;
  }

  /** From now on messages have a type byte. */
  public void typed() {
    typed = true;
  }

  /** Sets the size that no message may exceed. */
  public void limit(int newBytesMax) {
    bytesMax = newBytesMax;
  }

  /** How many bytes wait here. */
  public int pendingBytes() {
    return gathered == null ? 0 : gathered.readableBytes();
  }

  /** What waits here, to be looked at. */
  public ByteBuf waiting() {
    return gathered == null ? Unpooled.EMPTY_BUFFER : gathered;
  }

  /** Adds bytes and takes them over. */
  public void add(ByteBuf chunk) {
    ByteBuf before = gathered;
    if (before == null) {
      gathered = chunk;
      return;
    }
    int have = before.readableBytes();
    int need = have + chunk.readableBytes();
    if (before.refCnt() == 1
        && !before.isReadOnly()
        && before.writableBytes() >= chunk.readableBytes()) {
      before.writeBytes(chunk);
    } else {
      // Twice what is there: a long message in small pieces is copied log(n) times, not n times.
      ByteBuf wider = alloc.buffer(Math.max(need, Math.min(2 * have, bytesMax + HEADER)));
      wider.writeBytes(before).writeBytes(chunk);
      before.release();
      gathered = wider;
    }
    chunk.release();
  }

  /**
   * The next whole message with its header, null if it is not all here yet; the caller releases it.
   *
   * @throws ProtocolViolation if there cannot be a message here
   */
  public @Nullable ByteBuf next() throws ProtocolViolation {
    ByteBuf from = gathered;
    if (from == null) {
      return null;
    }
    int size = size(from);
    if (size < 0 || from.readableBytes() < size) {
      return null;
    }
    if (from.readableBytes() == size) {
      gathered = null;
      return from;
    }
    return from.readRetainedSlice(size);
  }

  /** The whole size of the message that starts here, -1 if its header is not all here. */
  private int size(ByteBuf from) throws ProtocolViolation {
    int at = from.readerIndex();
    if (typed && from.isReadable() && !Frontend.known(from.getByte(at))) {
      throw new ProtocolViolation("invalid frontend message type " + (from.getByte(at) & 0xff));
    }
    int prefix = typed ? 1 : 0;
    if (from.readableBytes() < prefix + 4) {
      return -1;
    }
    int length = from.getInt(at + prefix);
    if (length < (typed ? 4 : 8)) {
      throw new ProtocolViolation("invalid message length " + length);
    }
    if (length > bytesMax) {
      throw new ProtocolViolation(
          "a message of " + length + " bytes is longer than the " + bytesMax + " allowed");
    }
    return prefix + length;
  }

  /** Lets go of what waits here. */
  @Override
  public void close() {
    if (gathered != null) {
      gathered.release();
      gathered = null;
    }
  }
}
