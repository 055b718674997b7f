package dev.terrace.http.exchange;

import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The part of a request's body that was read already, kept so that it can be sent (again): all of
 * it while no connection is there, up to a bound once it is being sent.
 */
final class KeptBody {

  /** What may be kept of a body that is being sent, to be sent to another member if need be. */
  static final int REPLAY_BYTES = 64 * 1024;

  private final Deque<ByteBuf> slices = new ArrayDeque<>(2);
  private int bytes;
  private boolean complete = true;

  /** Whether all that was read of the body is still here. */
  boolean isComplete() {
    return complete;
  }

  /** Keeps a slice, taking over the caller's reference. */
  void add(ByteBuf slice) {
    bytes += slice.readableBytes();
    slices.add(slice);
  }

  /** Whether one more slice of that size may be kept while sending; else forgets all. */
  boolean mayKeep(int size) {
    if (complete && bytes + size > REPLAY_BYTES) {
      forget();
      complete = false;
    }
    return complete;
  }

  /** The slices in order. */
  Iterable<ByteBuf> slices() {
    return slices;
  }

  boolean isEmpty() {
    return slices.isEmpty();
  }

  /** From now on nothing can be sent again. */
  void giveUp() {
    forget();
    complete = false;
  }

  /** Ready for the next request. */
  void reset() {
    forget();
    complete = true;
  }

  private void forget() {
    bytes = 0;
    while (!slices.isEmpty()) {
      slices.remove().release();
    }
  }
}
