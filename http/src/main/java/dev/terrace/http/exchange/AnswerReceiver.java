package dev.terrace.http.exchange;

import dev.terrace.core.attempt.AttemptFailure;
import dev.terrace.http.wire.ResponseHead;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Takes what a member answers, in order, on its event loop. Buffers that are passed are taken over.
 */
public interface AnswerReceiver {

  /** Whether the request was a HEAD: the answer then has no body. */
  boolean isHead();

  /** Whether all of the request was handed to the member's stream. */
  boolean requestComplete();

  /** Whether the request offered another protocol, so that status 101 may be the answer. */
  boolean offersUpgrade();

  /** The member has sent something. */
  void progressed();

  /** An answer of status 1xx, which a final one follows. */
  void interimAnswer(ResponseHead head);

  /**
   * The head of the final answer.
   *
   * @param endsWithConnection whether the end of the connection is the end of the body
   * @param ends whether no body follows
   */
  void answerStarts(ResponseHead head, boolean endsWithConnection, boolean ends);

  /** Whether a body in chunks is taken with its framing; asked once the answer has started. */
  boolean takesChunks();

  /** A piece of the body. */
  void answerBody(ByteBuf piece);

  /**
   * The answer is complete.
   *
   * @param trailers field lines in the form of HTTP/1.1, each with its CR LF, or null
   */
  void answerCompleted(@Nullable ByteBuf trailers);

  /** HTTP is over on this stream; what the member sent after the head of 101 is {@code ahead}. */
  void upgraded(ResponseHead head, MemberStream stream, ByteBuf ahead);

  /** The stream failed and is closed. */
  void failed(AttemptFailure failure);

  /** What was read has been handed on, for now. */
  void readComplete();

  /** The member takes more of the request, or no more. */
  void writabilityChanged();
}
