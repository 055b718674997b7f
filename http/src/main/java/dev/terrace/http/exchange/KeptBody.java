package dev.terrace.http.exchange;

import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * The part of a request's body that was read already, kept so that it can be sent (again): all of
 * it while no connection is there, up to a bound once it is being sent.
 */
final class KeptBody {

  /** What may be kept of a body that is being sent, to be sent to another member if need be. */
  static final int REPLAY_BYTES = 64 * 1024;

  private final Deque<ByteBuf> slices = new ArrayDeque<>(2);
  private @Nullable ByteBuf trailers;
  private @Nullable MirroredRequest copy;
  private int bytes;
  private long received;
  private boolean complete = true;

  /** Whether all that was read of the body is still here. */
  boolean isComplete() {
    return complete;
  }

  /** Counts what has come of the body; what it comes to so far. */
  long received(ByteBuf piece) {
    received += piece.readableBytes();
    return received;
  }

  /** Has what comes of the body copied there, unless that is null. */
  void copyTo(@Nullable MirroredRequest mirror) {
    copy = mirror;
  }

  /**
   * Passes a piece on, which is taken over.
   *
   * @param member who gets it, or null while there is nobody: it is kept then
   * @param again whether it may have to be sent again
   */
  void pass(ByteBuf piece, @Nullable MemberStream member, boolean again, boolean last) {
    if (copy != null) {
      copy.body(piece.retainedDuplicate(), last, trailersAgain());
    }
    if (member == null) {
      add(piece);
      return;
    }
    if (again && mayKeep(piece.readableBytes())) {
      add(piece.retainedDuplicate());
    } else {
      giveUp();
    }
    member.requestBody(piece);
    if (last) {
      sendEnd(member);
    }
  }

  /** Keeps a slice, taking over the caller's reference. */
  private void add(ByteBuf slice) {
    bytes += slice.readableBytes();
    slices.add(slice);
  }

  /** Takes the trailers, if there are any. */
  void end(@Nullable ByteBuf ending) {
    if (trailers == null) {
      trailers = ending;
    } else if (ending != null) {
      ending.release();
    }
  }

  /** Whether one more slice of that size may be kept while sending; else forgets all. */
  private boolean mayKeep(int size) {
    if (complete && bytes + size > REPLAY_BYTES) {
      forget();
      complete = false;
    }
    return complete;
  }

  /** Whether nothing has come of the body yet. */
  boolean isUntouched() {
    return slices.isEmpty() && complete;
  }

  /** Whether neither data nor trailers are here. */
  boolean isEmpty() {
    return slices.isEmpty() && trailers == null;
  }

  /**
   * Sends all that is here.
   *
   * @param again whether it is kept, to be sent again
   */
  void sendTo(MemberStream member, boolean again) {
    if (!slices.isEmpty()) {
      for (ByteBuf slice : slices) {
        member.requestBody(slice.retainedDuplicate());
      }
      if (!again) {
        giveUp();
      }
    }
  }

  /** Tells the member that the request is complete. */
  void sendEnd(MemberStream member) {
    member.requestEnd(trailersAgain());
  }

  private @Nullable ByteBuf trailersAgain() {
    return trailers == null ? null : trailers.retainedDuplicate();
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
    received = 0;
    if (copy != null) {
      copy.exchangeOver();
      copy = null;
    }
    if (trailers != null) {
      trailers.release();
      trailers = null;
    }
  }

  private void forget() {
    bytes = 0;
    while (!slices.isEmpty()) {
      slices.remove().release();
    }
  }
}
