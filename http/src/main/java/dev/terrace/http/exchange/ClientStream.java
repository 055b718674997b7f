package dev.terrace.http.exchange;

import dev.terrace.http.head.HeadRewriter.Persistence;
import dev.terrace.http.head.LocalAnswer;
import dev.terrace.http.wire.RequestHead;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.jspecify.annotations.Nullable;

/**
 * The client's side of an exchange: a connection of HTTP/1.1, or one stream of HTTP/2 or HTTP/3.
 * All methods are called on its event loop. Buffers that are passed are taken over.
 */
public interface ClientStream {

  /** Who is asking. */
  ClientPeer peer();

  /** The index of the event loop that all of this happens on. */
  int loopIndex();

  /** The name and version of the protocol, as in "HTTP/1.1". */
  default String protocol() {
    return head().isVersion11() ? "HTTP/1.1" : "HTTP/1.0";
  }

  /** The request's head, good until the exchange is over. */
  RequestHead head();

  /** Where buffers for this client come from. */
  ByteBufAllocator alloc();

  /**
   * Whether bodies in chunks pass to and from this client with their framing, as HTTP/1.1 has them
   * (RFC 9112, section 7.1); else they are plain data.
   */
  boolean takesChunks();

  /** Whether another request may follow on the connection. */
  boolean mayStayOpen();

  /** What an answer's head must say of the connection. */
  Persistence persistence(boolean staysOpen);

  /**
   * The head of an interim answer (1xx), in the form of HTTP/1.1.
   *
   * <p>Called for clients only that understand it.
   */
  void interimHead(ByteBuf head);

  /**
   * The head of the final answer, in the form of HTTP/1.1.
   *
   * @param addsChunks whether the body follows as data, though the head promises chunks: the
   *     client's side puts it into chunks
   * @param ends whether no body follows
   */
  void answerHead(ByteBuf head, boolean addsChunks, boolean ends);

  /** A piece of the answer's body. */
  void answerBody(ByteBuf piece);

  /**
   * The answer is complete.
   *
   * @param trailers field lines in the form of HTTP/1.1, each with its CR LF, or null
   */
  void answerEnd(@Nullable ByteBuf trailers);

  /**
   * Writes an answer of our own, and sends it.
   *
   * @param lines header lines besides its own, each with its CR LF
   * @param bodiless whether its body is left out
   */
  default void answer(LocalAnswer answer, boolean staysOpen, byte[] lines, boolean bodiless) {
    answerHead(answer.head(persistence(staysOpen), lines, alloc()), false, bodiless);
    if (!bodiless) {
      answerBody(answer.body(alloc()));
    }
    answerEnd(null);
    flush();
  }

  /** Sends what was written. */
  void flush();

  /** Whether the client takes more of the answer without it piling up here. */
  boolean isWritable();

  /** Sends to the member what was written there, once, when what is being read is dealt with. */
  void flushSoon(MemberStream member);

  /** The exchange is late from then on: see {@link Exchange#expired}. */
  void expireIn(long nanos);

  /** The exchange takes more of the request now, or no more. */
  void updateReading();

  /** The exchange is over; its answer has been written. */
  void exchangeOver(boolean staysOpen);

  /**
   * Cuts the client off in the middle of the answer, so that it cannot take it for complete.
   *
   * @param endsWithConnection whether the end of the connection would mean the end of the answer
   */
  void abort(boolean endsWithConnection);

  /**
   * HTTP is over: from now on bytes go from one to the other as they are.
   *
   * @param head the answer's head, of status 101
   * @param ahead what the member has sent after it
   */
  void becomeTunnel(ByteBuf head, MemberStream member, ByteBuf ahead, Runnable ended);
}
