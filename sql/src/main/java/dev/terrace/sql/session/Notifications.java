package dev.terrace.sql.session;

import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * What other sessions NOTIFY while this one is in the midst of an answer from elsewhere: it comes
 * after that answer.
 */
final class Notifications {

  private static final int WAITING_MAX = 10_000;

  private final Session session;
  private final Deque<ByteBuf> waiting = new ArrayDeque<>();

  Notifications(Session session) {
    this.session = session;
  }

  void add(ByteBuf message, boolean later) {
    if (!later) {
      session.write(message);
    } else if (waiting.size() < WAITING_MAX) {
      waiting.add(message);
    } else {
      message.release();
    }
  }

  void flush() {
    while (!waiting.isEmpty()) {
      session.write(waiting.remove());
    }
  }

  void close() {
    while (!waiting.isEmpty()) {
      waiting.remove().release();
    }
  }
}
