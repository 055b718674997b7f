package dev.terrace.sql.cache;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/** A result that is kept: the messages of an answer, from its first row or their description on. */
public final class Kept {

  private final byte[] answer;
  private final int tagAt;
  private final Versions.Seen seen;
  private final long untilNanos;
  private final CacheCounts counts;

  /**
   * A result.
   *
   * @param tagAt where the CommandComplete at its end begins
   * @param seen what was noted before it was asked for
   * @param untilNanos how long it may be kept
   */
  Kept(byte[] answer, int tagAt, Versions.Seen seen, long untilNanos, CacheCounts counts) {
    this.answer = answer;
    this.tagAt = tagAt;
    this.seen = seen;
    this.untilNanos = untilNanos;
    this.counts = counts;
  }

  /** The messages, for one client. */
  public ByteBuf answer() {
    return Unpooled.wrappedBuffer(answer).asReadOnly();
  }

  /** The CommandComplete at its end, borrowed. */
  public ByteBuf complete() {
    return Unpooled.wrappedBuffer(answer, tagAt, answer.length - tagAt);
  }

  /** Whether no table that it is made of was written to since. */
  boolean isCurrent() {
    return seen.isCurrent();
  }

  long untilNanos() {
    return untilNanos;
  }

  CacheCounts counts() {
    return counts;
  }

  /** How much memory it takes, about. */
  int bytes() {
    return answer.length + 24 * seen.size() + 160;
  }
}
