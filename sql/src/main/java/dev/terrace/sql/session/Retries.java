package dev.terrace.sql.session;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/**
 * Keeps what the client has sent since it was last told something, as long as that only reads: if
 * the server dies, another one is asked, and the client notices nothing.
 */
final class Retries {

  private static final int BYTES_MAX = 256 << 10;
  private static final int BYTES_AT_FIRST = 256;

  /** A log that has grown beyond this is not kept for the next batch. */
  private static final int BYTES_KEPT_MAX = 4 << 10;

  private static final int RETRIES_MAX = 3;
  private static final int LENGTH_AT = 1;

  /** Whole messages, copied: they are few bytes, and what they came in is free again. */
  private @Nullable ByteBuf log;

  private @Nullable ByteBuf again;
  private int retries;
  private boolean anew;
  private boolean possible = true;
  private boolean lasting;

  /** Keeps a message that the client sent. */
  void note(ByteBuf message) {
    if (!possible) {
      return;
    }
    int length = message.readableBytes();
    ByteBuf kept = log;
    if (kept == null) {
      kept = Unpooled.buffer(Math.max(length, BYTES_AT_FIRST));
      log = kept;
    }
    if (kept.readableBytes() + length > BYTES_MAX) {
      impossible();
    } else {
      kept.writeBytes(message, message.readerIndex(), length);
    }
  }

  /** Something was said to the client, or done that must not be done twice. */
  void impossible() {
    if (possible) {
      possible = false;
      clear();
    }
  }

  /**
   * What is sent now would last: it may be sent again only if the server has refused what goes
   * before.
   */
  void lasts() {
    lasting = true;
  }

  private void clear() {
    ByteBuf kept = log;
    if (kept == null) {
      return;
    }
    kept.clear();
    if (kept.capacity() > BYTES_KEPT_MAX) {
      log = null;
    }
  }

  /** Whether what was sent since the start may be sent again. */
  boolean possible() {
    return !lasting && repeatable();
  }

  /** As {@link #possible}, if it is known that nothing has come of it. */
  boolean repeatable() {
    return possible && log != null && log.isReadable() && retries < RETRIES_MAX;
  }

  /** Sends it all again, as a server was lost. */
  void start() {
    retries++;
    again();
  }

  /** Deals with it all again, of which nothing was sent. */
  void beginAnew() {
    anew = true;
    again();
  }

  private void again() {
    ByteBuf first = log;
    ByteBuf rest = again;
    if (first != null && rest != null) {
      first.writeBytes(rest);
    }
    again = first;
    log = null;
    lasting = false;
  }

  /** The next message that is sent again, null if there is none; the caller releases it. */
  @Nullable ByteBuf next() {
    ByteBuf from = again;
    if (from == null) {
      return null;
    }
    ByteBuf message = from.readSlice(1 + from.getInt(from.readerIndex() + LENGTH_AT));
    if (!from.isReadable()) {
      again = null;
    }
    return message.retain();
  }

  /** Whether this is not the first attempt. */
  boolean isRetrying() {
    return retries > 0 || anew;
  }

  /** Whether another attempt was cut off by the loss of its server. */
  boolean hasLostServer() {
    return retries > 0;
  }

  /** The client has its answer. */
  void reset() {
    clear();
    again = null;
    retries = 0;
    anew = false;
    possible = true;
    lasting = false;
  }
}
