package dev.terrace.sql.session;

import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Keeps what the client has sent since it was last told something, as long as that only reads: if
 * the server dies, another one is asked, and the client notices nothing.
 */
final class Retries {

  private static final int BYTES_MAX = 256 << 10;
  private static final int MESSAGES_MAX = 1000;
  private static final int RETRIES_MAX = 3;

  private final Deque<ByteBuf> log = new ArrayDeque<>();
  private final Deque<ByteBuf> again = new ArrayDeque<>();
  private int bytes;
  private int retries;
  private boolean possible = true;

  /** Keeps a message that the client sent. */
  void note(ByteBuf message) {
    if (!possible) {
      return;
    }
    bytes += message.readableBytes();
    if (bytes > BYTES_MAX || log.size() >= MESSAGES_MAX) {
      impossible();
    } else {
      log.add(message.retainedDuplicate());
    }
  }

  /** Something was said to the client, or done that must not be done twice. */
  void impossible() {
    if (possible) {
      possible = false;
      drop(log);
    }
  }

  /** Whether what was sent since the start may be sent again. */
  boolean possible() {
    return possible && !log.isEmpty() && retries < RETRIES_MAX;
  }

  /** Sends it all again. */
  void start() {
    retries++;
    bytes = 0;
    while (!log.isEmpty()) {
      again.addFirst(log.removeLast());
    }
  }

  /** The next message that is sent again, null if there is none. */
  @Nullable ByteBuf next() {
    return again.poll();
  }

  /** Whether this is not the first attempt. */
  boolean isRetrying() {
    return retries > 0;
  }

  /** The client has its answer. */
  void reset() {
    drop(log);
    drop(again);
    bytes = 0;
    retries = 0;
    possible = true;
  }

  private static void drop(Deque<ByteBuf> messages) {
    while (!messages.isEmpty()) {
      messages.remove().release();
    }
  }
}
