package dev.terrace.http.observe;

import dev.terrace.core.attempt.AttemptFailure;
import dev.terrace.core.pool.PoolMember;
import org.jspecify.annotations.Nullable;

/** One try of an exchange on one member. Times are on the scale of System.nanoTime. */
public interface AttemptView {

  /** When a time is that has not come. */
  long NEVER = 0;

  /** Who was asked. */
  PoolMember member();

  /** Why that one: the policy, or what overruled it. */
  String why();

  /** Whether its connection had served before. */
  boolean reused();

  /** When it began. */
  long startNanos();

  /** When there was a connection, or {@link #NEVER}. */
  long connectedNanos();

  /** When the head of the final answer had come, or {@link #NEVER}. */
  long answeredNanos();

  /** When it was over, or {@link #NEVER}. */
  long endNanos();

  /** The status that the member answered with, 0 for none. */
  int status();

  /** The id of its span, {@link TraceContext#NO_SPAN} while nothing is traced. */
  long span();

  /** How it failed, or null if it did not. */
  @Nullable AttemptFailure failure();
}
